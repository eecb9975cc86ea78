import React, { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useSearchParams } from "react-router";
import FullCalendar from "@fullcalendar/react";
import dayGrid from "@fullcalendar/daygrid";
import timeGrid from "@fullcalendar/timegrid";
import list from "@fullcalendar/list";
import interaction from "@fullcalendar/interaction";
import { formats } from "$/public/external/crm_app/ui/overlay/numbers.js";
import { whenOutside } from "$/public/external/crm_app/ui/overlay/popover.js";
import { useAgain } from "$/public/external/crm_app/ui/live/live.jsx";

const VIEWS = { month: "dayGridMonth", week: "timeGridWeek", day: "timeGridDay", agenda: "listWeek" };
const NAMES = [["month", "Month"], ["week", "Week"], ["day", "Day"], ["agenda", "Agenda"]];
const NARROW = 768;
const CLOCK = { hour: "2-digit", minute: "2-digit", hour12: false };
const FACES = {
  dayGridMonth: { dayHeaderFormat: { weekday: "short" } },
  timeGridWeek: { dayHeaderFormat: { weekday: "short", day: "numeric", omitCommas: true } },
  listWeek: { listDayFormat: { weekday: "long" }, listDaySideFormat: { day: "numeric", month: "long" } },
};
const typing = (e) => e.target.closest?.("input,textarea,select,[contenteditable=true],[role=dialog],[role=menu]");
const local = (at) => `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, "0")}-${String(at.getDate()).padStart(2, "0")}`;

/** Whose calendars lie beside each other: the own one and those of chosen colleagues. */
function People({ people, chosen, onChange }) {
  const [open, setOpen] = useState(false);
  const [text, setText] = useState("");
  const box = useRef(null);
  const button = useRef(null);
  useEffect(() => {
    if (!open) return;
    return whenOutside(() => [box.current], () => setOpen(false));
  }, [open]);
  const label = chosen.length > 1 ? `${chosen.length} calendars` : "Colleagues";
  const turn = (id) => onChange(chosen.includes(id) ? chosen.filter((c) => c !== id) : [...chosen, id]);
  const wanted = text.trim().toLowerCase();
  const shown = people.filter((p) => !wanted || p.name.toLowerCase().includes(wanted)).slice(0, 60);
  return (
    <div className="calpeople" ref={box} onKeyDown={(e) => { if (e.key === "Escape" && open) { e.stopPropagation(); setOpen(false); button.current?.focus(); } }}>
      <button ref={button} type="button" className="btn" aria-expanded={open} aria-label={label} onClick={() => setOpen(!open)}>
        <svg className="icon phone" viewBox="0 0 18 18" aria-hidden="true"><path d="M7 8.500a2.500 2.500 0 100-5 2.500 2.500 0 000 5zM2.500 15c0-2.800 2-4.500 4.500-4.500s4.500 1.700 4.500 4.500M12 4a2.300 2.300 0 010 4.300M13.500 10.800c1.300.6 2 2 2 3.900" /></svg>
        <span className="word">{label}</span>
      </button>
      {open && (
        <div className="pop calpick" role="group" aria-label="Whose calendars">
          {people.length > 8 && <input className="in small" aria-label="Find a colleague" placeholder="Find a colleague" value={text} onChange={(e) => setText(e.target.value)} />}
          {shown.map((p) => (
            <label key={p.id} className="item">
              <input type="checkbox" checked={chosen.includes(p.id)} onChange={() => turn(p.id)} />
              <span className="av" style={{ background: p.color }} aria-hidden="true">{p.initials}</span><span className="clip">{p.name}</span>
            </label>
          ))}
        </div>
      )}
    </div>
  );
}

function eventsOf(month) {
  const found = (month?.entries || []).map((e) => ({
    id: e.key, title: e.title, start: e.all_day ? e.start.slice(0, 10) : e.start, end: e.all_day ? e.end.slice(0, 10) : e.end, allDay: e.all_day,
    editable: e.movable, classNames: ["cal-" + e.type, e.tone && "is-" + e.tone].filter(Boolean), borderColor: e.color || undefined, extendedProps: e,
  }));
  for (const [day, count] of Object.entries(month?.hidden || {}))
    found.push({ id: "more" + day, title: `${count} more that day`, start: day, allDay: true, editable: false, classNames: ["cal-more"], extendedProps: { id: 0, day } });
  return found;
}

/**
 * The calendar. The address keeps view, day and people; times are local times of the viewer, as the server wrote them, and so the calendar
 * itself knows no zone. `month` answers what was asked; a move shows at once and goes back when `dropped` refuses it.
 */
export function CalendarView({ month, people, me, creatable, dropped, onShow, onMove, onOpen, onStart, children }) {
  const [params, setParams] = useSearchParams();
  const [title, setTitle] = useState("");
  const narrow = typeof window !== "undefined" && window.innerWidth < NARROW;
  const view = VIEWS[params.get("view")] ? params.get("view") : narrow ? "agenda" : "month";
  const who = (params.get("who") || "").split(",").filter((t) => /^\d+$/.test(t)).map(Number);
  const chosen = who.length ? who : [me];
  const calendar = useRef(null);
  const asked = useRef(null);
  const reverts = useRef({});
  const seen = useRef(dropped?.n || 0);
  const skew = useRef(0);
  const leader = useRef(0);
  const api = () => calendar.current?.getApi();
  const set = useCallback((part) => setParams((old) => { const next = new URLSearchParams(old); for (const [k, v] of Object.entries(part)) v ? next.set(k, v) : next.delete(k); return next; }, { replace: true }), [setParams]);
  const ask = useCallback(() => asked.current && onShow && onShow(asked.current.start, asked.current.end, asked.current.who), [onShow]);
  const again = useAgain(ask);
  const whoText = who.join(",");
  const dates = (arg) => {
    setTitle(arg.view.title);
    const now = { start: arg.startStr.slice(0, 10), end: arg.endStr.slice(0, 10), who: whoText };
    if (asked.current && JSON.stringify(asked.current) === JSON.stringify(now)) return;
    asked.current = now;
    ask();
    set({ date: local(new Date(arg.view.currentStart.getTime() + arg.view.currentStart.getTimezoneOffset() * 60000)) });
  };
  useEffect(() => { if (asked.current && asked.current.who !== whoText) { asked.current = { ...asked.current, who: whoText }; ask(); } }, [whoText, ask]);
  useEffect(() => { const a = api(); if (a && a.view.type !== VIEWS[view]) queueMicrotask(() => a.changeView(VIEWS[view])); }, [view]);
  useEffect(() => {
    const back = () => document.visibilityState === "visible" && again();
    document.addEventListener("visibilitychange", back);
    return () => document.removeEventListener("visibilitychange", back);
  }, [again]);
  useEffect(() => {
    if (!dropped?.n || dropped.n === seen.current) return;
    seen.current = dropped.n;
    const revert = reverts.current[dropped.key];
    delete reverts.current[dropped.key];
    if (!dropped.ok && revert) revert();
  }, [dropped]);
  useEffect(() => { if (month?.now) skew.current = Date.parse(month.now + "Z") - Date.now(); }, [month]);
  useEffect(() => {
    const press = (e) => {
      if (e.ctrlKey || e.metaKey || e.altKey || typing(e)) return;
      if (Date.now() - leader.current < 1200) { leader.current = 0; return; }
      if (e.key === "g") { leader.current = Date.now(); return; }
      const names = { m: "month", w: "week", d: "day", a: "agenda" };
      if (names[e.key]) set({ view: names[e.key] });
      else if (e.key === "t") api()?.today();
      else if (e.key === "[") api()?.prev();
      else if (e.key === "]") api()?.next();
      else return;
      e.preventDefault();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [set]);
  useEffect(() => { const a = api(); if (a) setTitle(a.view.title); }, [formats()]);
  const events = useMemo(() => eventsOf(month), [month]);
  const moved = (info, end) => {
    const e = info.event;
    reverts.current[e.id] = info.revert;
    onMove && onMove(e.id, e.extendedProps.id, e.startStr.slice(0, e.allDay ? 10 : 19), end && e.endStr ? e.endStr.slice(0, e.allDay ? 10 : 19) : "", e.allDay, e.extendedProps.version);
  };
  const start = (from, allDay, minutes) => creatable && onStart && onStart({ start: from.slice(0, 16), all_day: allDay ? "yes" : "", minutes: minutes ? String(minutes) : "", type: "meeting" });
  const click = (info) => {
    info.jsEvent.preventDefault();
    const { id, day } = info.event.extendedProps;
    if (id) onOpen && onOpen(id);
    else if (day) { set({ view: "day", date: day }); api()?.changeView(VIEWS.day, day); }
  };
  return (
    <div className="calendar" data-ready={month?.n ? "true" : undefined}>
      <div className="calbar">
        <button type="button" className="btn" onClick={() => api()?.today()}>Today</button>
        <button type="button" className="btn icononly" aria-label="Earlier" onClick={() => api()?.prev()}>‹</button>
        <button type="button" className="btn icononly" aria-label="Later" onClick={() => api()?.next()}>›</button>
        <h2 aria-live="polite">{title}</h2>
        <div className="calend">
          <People people={people} chosen={chosen} onChange={(ids) => set({ who: ids.length === 1 && ids[0] === me ? "" : ids.join(",") })} />
          <div className="seg" role="group" aria-label="View">
            {NAMES.map(([id, name]) => <button key={id} type="button" className={view === id ? "on" : ""} aria-pressed={view === id} onClick={() => set({ view: id })}>{name}</button>)}
          </div>
          {children}
        </div>
      </div>
      {chosen.length > 1 && <div className="calwho">{people.filter((p) => chosen.includes(p.id)).map((p) => <span key={p.id}><i style={{ background: p.color }} />{p.name}</span>)}</div>}
      <div className="calbody">
        <FullCalendar
          locale={formats()} ref={calendar} plugins={[dayGrid, timeGrid, list, interaction]} initialView={VIEWS[view]} initialDate={/^\d{4}-\d\d-\d\d$/.test(params.get("date") || "") ? params.get("date") : local(new Date())}
          timeZone="UTC" now={() => new Date(Date.now() + (skew.current || -new Date().getTimezoneOffset() * 60000)).toISOString()} nowIndicator firstDay={1} headerToolbar={false} height="100%" expandRows
          events={events} datesSet={dates} editable={creatable} eventStartEditable eventDurationEditable eventInteractive selectable={creatable} selectMirror selectMinDistance={6} unselectAuto
          dayMaxEvents={4} navLinks navLinkDayClick={(d) => { set({ view: "day" }); api()?.changeView(VIEWS.day, d.toISOString().slice(0, 10)); }}
          displayEventEnd={false} slotEventOverlap={false} allDayText="All day" views={FACES}
          eventTimeFormat={CLOCK} slotLabelFormat={CLOCK} scrollTime="08:00:00" slotDuration="00:30:00" snapDuration="00:15:00" defaultTimedEventDuration="00:30" forceEventDuration
          noEventsContent={month?.n ? "Nothing is planned in this week." : ""} moreLinkHint={(n) => `Show ${n} more`} longPressDelay={350}
          eventDrop={(i) => moved(i, false)} eventResize={(i) => moved(i, true)} eventClick={click}
          dateClick={(i) => start(i.dateStr, i.allDay, 0)}
          select={(i) => start(i.startStr, i.allDay, i.allDay ? Math.round((i.end - i.start) / 60000) : Math.round((i.end - i.start) / 60000))}
          eventDidMount={(i) => { const e = i.event.extendedProps; i.el.title = [i.timeText, i.event.title, e.who].filter(Boolean).join(" · "); if (e.who) i.el.setAttribute("aria-label", i.el.title); i.el.dataset.event = i.event.id; }}
        />
      </div>
    </div>
  );
}
