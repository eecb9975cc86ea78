import React, { useEffect } from "react";
import { useSearchParams } from "react-router";
import { Menu } from "$/public/external/crm_app/ui/overlay/overlay.jsx";
import { Filters } from "$/public/external/crm_app/ui/list/filters.jsx";
import { Icon } from "$/public/external/crm_app/ui/list/parts.jsx";

const store = {
  get: (name) => { try { return localStorage.getItem(name) || ""; } catch { return ""; } },
  set: (name, value) => { try { value ? localStorage.setItem(name, value) : localStorage.removeItem(name); } catch { /* storage may be forbidden */ } },
};

function Choice({ label, name, current, usual, options, onChoose }) {
  return (
    <Menu label={`${label}: ${options.find((o) => o.id === current)?.name}`} className={"btn quiet" + (current !== usual ? " active" : "")} trigger={<><Icon name={name} />{(current !== usual || usual) && <span className="word">{options.find((o) => o.id === current)?.name}</span>}</>}>
      <div className="who mut">{label}</div>
      {options.map((o) => (
        <button key={o.id} type="button" className="item" role="menuitem" aria-current={o.id === current || undefined} onClick={() => onChoose(o.id)}>
          <span className="pick">{o.id === current && <Icon name="check" />}</span>{o.name}
        </button>
      ))}
    </Menu>
  );
}

/** Conditions, order, lanes and how much a card says. The address is their place; order and cards are remembered for this person. */
export function BoardTools({ me, screen, fields, ops, found, sorts, lanes, onSearch }) {
  const [params, setParams] = useSearchParams();
  const [compact, setCompact] = React.useState(false);
  const put = (name, value, replace) => setParams((old) => {
    const next = new URLSearchParams(old);
    value ? next.set(name, value) : next.delete(name);
    return next;
  }, { replace: !!replace, preventScrollReset: true });
  useEffect(() => {
    if (!me) return;
    setCompact(store.get("kith-cards-" + me) === "compact");
    const kept = store.get("kith-sort-" + me);
    if (kept && !params.has("sort") && sorts.some((s) => s.id === kept)) put("sort", kept, true);
  }, [me]); // eslint-disable-line
  useEffect(() => {
    document.documentElement.dataset.cards = compact ? "compact" : "";
    return () => { delete document.documentElement.dataset.cards; };
  }, [compact]);
  const sort = (name) => { store.set("kith-sort-" + me, name === "next" ? "" : name); put("sort", name === "next" ? "" : name); };
  const size = () => { store.set("kith-cards-" + me, compact ? "" : "compact"); setCompact(!compact); };
  // before it is known who looks, this is the page as it was built, which knows no address
  const is = (name, options, usual) => (me && options.some((o) => o.id === params.get(name)) ? params.get(name) : usual);
  return (
    <>
      <Filters screen={screen} fields={fields} ops={ops} found={found} onSearch={onSearch} onFilter={(f) => put("f", f)} />
      <span className="tools">
        <Choice label="Sort by" name="down" usual="next" current={is("sort", sorts, "next")} options={sorts} onChoose={sort} />
        <Choice label="Lanes" name="group" usual="" current={is("lanes", lanes, "")} options={lanes} onChoose={(name) => put("lanes", name)} />
        <button type="button" className={"btn quiet icononly" + (compact ? " active" : "")} aria-label="Compact cards" aria-pressed={compact} title="Compact cards" onClick={size}><Icon name="columns" /></button>
      </span>
    </>
  );
}
