"""Two records become one, and one becomes two again.

    done = await db.write(merge_records, actor(), "person", 7, [8, 9], {"title": 8})     # one batch, one undo
    taken = await db.write(unmerge, actor(), done.batch_id, {"deal.51": 8})              # within 90 days

The survivor keeps its id. A loser becomes a tombstone with all its parts as they were, and with the id of the record
that it went into; what named it names the survivor from then on, or is read through that forwarding.
"""
