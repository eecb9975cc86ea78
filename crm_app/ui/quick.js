/** How any look-up starts a new record: the dialog of the frame puts itself here. `kinds` are those that this viewer may create. */
export const quick = { kinds: [], start: null };
