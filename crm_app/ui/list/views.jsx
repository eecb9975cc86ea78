import React, { useEffect, useRef, useState } from "react";
import { Link, useNavigate } from "react-router";
import { FormDialog, Menu } from "$/public/external/crm_app/ui/overlay/overlay.jsx";
import { Icon } from "$/public/external/crm_app/ui/list/parts.jsx";

const WHO = { private: "Only I", team: "My team", everyone: "Everybody", role: "Everybody of a role, as their first view" };
const SECTIONS = [["Mine", (v) => v.mine], ["Shared with me", (v) => !v.mine]];

function SaveDialog({ wish, may, roles, errors, onSave, onClose }) {
  const [audience, setAudience] = useState("private");
  useEffect(() => setAudience(wish?.audience || "private"), [wish]);
  return (
    <FormDialog open={!!wish} title={wish?.id ? "Change the view" : "Save as a view"} submit="Save" onSubmit={onSave} onClose={onClose}>
      <label className="field"><span className="lab">Name</span>
        <input className="in" name="name" defaultValue={wish?.name || ""} required maxLength={80} autoComplete="off" placeholder="For example: No next step" />
        <span className="err" role="alert">{errors.name || ""}</span>
      </label>
      <label className="field"><span className="lab">Who sees it</span>
        <select className="in" name="audience" value={audience} onChange={(e) => setAudience(e.target.value)}>
          {Object.entries(WHO).filter(([key]) => key !== "role" || may.role_views).map(([key, words]) => <option key={key} value={key}>{words}</option>)}
        </select>
        <span className="err" role="alert">{errors.audience || ""}</span>
      </label>
      {audience === "role" && (
        <label className="field"><span className="lab">Role</span>
          <select className="in" name="role" defaultValue={wish?.role || "sales"}>{roles.map((r) => <option key={r.id} value={r.id}>{r.name}</option>)}</select>
          <span className="err" role="alert">{errors.role || ""}</span>
        </label>
      )}
    </FormDialog>
  );
}

/** The menu of saved views, and what can be done with the one that is open. `onSave(wish)` is answered by `answer` {n, id, errors}. */
export function Views({ kind, plural, path, screen, views, roles, answer, onSave, onDelete }) {
  const navigate = useNavigate();
  const [wish, setWish] = useState(null);
  const [errors, setErrors] = useState({});
  const seen = useRef(answer?.n || 0);
  const waits = useRef(false);
  const mine = (views || []).filter((v) => v.kind === kind);
  const now = mine.find((v) => v.id === screen.view);
  const everything = mine.some((v) => v.audience === "role" || (v.mine && v.first)) ? "?view=0" : "";
  useEffect(() => {
    if (!answer?.n || answer.n === seen.current) return;
    seen.current = answer.n;
    if (!waits.current) return;
    waits.current = false;
    if (!answer.id) return setErrors(answer.errors || {});
    setWish(null);
    setErrors({});
    navigate(path + "?view=" + answer.id);
  }, [answer, navigate, path]);
  const send = (values) => { waits.current = true; onSave && onSave(kind, values); };
  const open = (found) => { setErrors({}); setWish(found); };
  return (
    <>
      <Menu label={"View: " + (now?.name || "all " + plural.toLowerCase())} className="btn quiet view"
            trigger={<><b className="clip">{now ? now.name : "All " + plural.toLowerCase()}</b>{screen.changed && now && <i className="dot" title="Changed, not saved" />}<Icon name="fold" /></>}>
        <Link className="item" role="menuitem" to={path + everything}><span className="pick">{!now && <Icon name="check" />}</span>All {plural.toLowerCase()}</Link>
        {SECTIONS.map(([title, belongs]) => mine.some(belongs) && (
          <React.Fragment key={title}>
            <div className="who mut">{title}</div>
            {mine.filter(belongs).map((v) => (
              <Link key={v.id} className="item" role="menuitem" to={path + "?view=" + v.id}>
                <span className="pick">{v.id === screen.view && <Icon name="check" />}</span><span className="clip">{v.name}</span>
                <small>{v.first && v.mine ? "opens first" : v.audience === "private" ? "" : v.mine ? WHO[v.audience].split(",")[0].toLowerCase() : v.owner}</small>
              </Link>
            ))}
          </React.Fragment>
        ))}
        {screen.may.save_views && (
          <>
            <hr />
            {now?.mine && screen.changed && <button type="button" role="menuitem" className="item" onClick={() => send({ id: String(now.id) })}><Icon name="save" />Save the changes</button>}
            <button type="button" role="menuitem" className="item" onClick={() => open({})}><Icon name="plus" />Save as…</button>
            {now?.mine && (
              <>
                <button type="button" role="menuitem" className="item" onClick={() => open({ ...now })}><Icon name="edit" />Rename or share…</button>
                <button type="button" role="menuitem" className="item" onClick={() => send({ id: String(now.id), keep: "1", first: now.first ? "" : "1" })}><Icon name="star" />{now.first ? "Do not open first" : "Open this first"}</button>
                <button type="button" role="menuitem" className="item" onClick={() => { onDelete && onDelete(now.id); navigate(path + "?view=0"); }}><Icon name="trash" />Delete the view</button>
              </>
            )}
          </>
        )}
      </Menu>
      {screen.changed && (now ? (
        <span className="unsaved">
          <button type="button" className="btn quiet" onClick={() => navigate(path + "?view=" + now.id)}>Reset</button>
          {now.mine && <button type="button" className="btn" onClick={() => send({ id: String(now.id) })}>Save view</button>}
        </span>
      ) : screen.may.save_views && screen.chips.length > 0 && <button type="button" className="btn quiet unsaved" onClick={() => open({})}>Save view</button>)}
      <SaveDialog wish={wish} may={screen.may} roles={roles} errors={errors} onClose={() => setWish(null)}
                  onSave={(values) => send(wish.id ? { ...values, id: String(wish.id), keep: "1" } : values)} />
    </>
  );
}
