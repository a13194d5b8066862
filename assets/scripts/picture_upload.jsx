/* Chooses, uploads, sorts and removes a provider's pictures; its looks come from picture_upload.py. */
import { useEffect, useRef, useState } from "react";

const ALL = "/api/v1/provider/pictures";
const LARGEST = 10 * 1024 * 1024;
const MOST = 12;
const LOST = "The connection broke. Please try again.";
const ICONS = {
  picture: "M3 5h18v14H3zM3 16l5-5 4 4 3-3 6 6M15.5 9h.01",
  remove: "M6 6l12 12M18 6L6 18",
  earlier: "M15 5l-7 7 7 7",
  later: "M9 5l7 7-7 7",
};

function Icon({ name }) {
  return (
    <svg width="20" height="20" viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="2"
      strokeLinecap="round" strokeLinejoin="round" aria-hidden="true"><path d={ICONS[name]} /></svg>
  );
}

async function ask(method, path = "", body) {
  const options = body ? { body: JSON.stringify(body), headers: { "content-type": "application/json" } } : {};
  const answer = await fetch(ALL + path, { method, ...options }).catch(() => { throw LOST; });
  const found = answer.status === 204 ? null : await answer.json().catch(() => ({}));
  if (!answer.ok) throw found.detail || LOST;
  return found;
}

function send(kind, file, onProgress) {
  return new Promise((resolve, reject) => {
    if (file.size > LARGEST) return reject("This file is larger than 10 MB. Please choose a smaller one.");
    const request = new XMLHttpRequest(), form = new FormData();
    form.append("kind", kind);
    form.append("file", file);
    request.open("POST", ALL);
    request.responseType = "json";
    request.upload.onprogress = (event) => onProgress(event.loaded / event.total);
    request.onload = () => (request.status === 201 ? resolve : reject)(
      request.status === 201 ? request.response : request.response?.detail || LOST);
    request.onerror = () => reject(LOST);
    request.send(form);
  });
}

export function PictureUpload({ kind, label, value = "", onChange, look }) {
  const [pictures, setPictures] = useState([]);
  const [pending, setPending] = useState([]); // {key, url, progress} of files on their way
  const [refusals, setRefusals] = useState([]);
  const [said, setSaid] = useState("");
  const [over, setOver] = useState(false);
  const button = useRef(null), input = useRef(null), focus = useRef(null), dragged = useRef(null), root = useRef(null);
  const several = kind === "gallery";
  const shown = kind === "service" ? (value ? [{ id: value, small: value }] : []) : pictures;

  const read = () => kind === "service" ? null : ask("GET")
    .then((found) => setPictures(found.items.filter((picture) => picture.kind === kind)))
    .catch((sentence) => setRefusals([sentence]));
  useEffect(() => {
    const again = () => document.visibilityState === "visible" && read();
    read();
    document.addEventListener("visibilitychange", again);
    return () => document.removeEventListener("visibilitychange", again);
  }, [kind]);
  useEffect(() => { // a tile that moved keeps the keyboard
    if (!focus.current) return;
    const [id, way] = focus.current, other = way === "earlier" ? "later" : "earlier";
    const find = (name) => root.current.querySelector(`[data-picture="${id}"] [data-way="${name}"]:not(:disabled)`);
    (find(way) || find(other))?.focus();
    focus.current = null;
  });

  async function take(files) {
    const chosen = [...files].slice(0, several ? MOST - pictures.length - pending.length : 1);
    setRefusals(chosen.length < files.length && several ? [`The gallery holds ${MOST} pictures. Not all were taken.`] : []);
    const entries = chosen.map((file) => ({ file, key: crypto.randomUUID(), url: URL.createObjectURL(file), progress: 0 }));
    setPending((before) => [...before, ...entries]);
    for (const { file, key, url } of entries) {
      const change = (progress) => setPending((all) => all.map((one) => one.key === key ? { ...one, progress } : one));
      try {
        const made = await send(kind, file, change);
        if (kind !== "service") setPictures((before) => several ? [...before, made] : [made]);
        setSaid("Picture added.");
        onChange?.(made.large);
      } catch (sentence) {
        setRefusals((before) => [...before, `${file.name}: ${sentence}`]);
      }
      setPending((all) => all.filter((one) => one.key !== key));
      URL.revokeObjectURL(url);
    }
  }

  async function change(next, request, words) {
    setPictures(next);
    setRefusals([]);
    await request.then(() => setSaid(words)).catch((sentence) => setRefusals([sentence]));
    read();
  }

  async function remove(picture) {
    button.current.focus();
    if (kind !== "service") {
      await change(pictures.filter((one) => one.id !== picture.id), ask("DELETE", `/${picture.id}`), "Picture removed.");
    }
    onChange?.("");
  }

  function move(from, to, way) {
    const next = [...pictures], [moved] = next.splice(from, 1);
    next.splice(to, 0, moved);
    if (way) focus.current = [moved.id, way];
    change(next, ask("PUT", "/order", { ids: next.map((one) => one.id) }), `Now picture ${to + 1} of ${next.length}.`)
      .then(() => onChange?.(moved.large));
  }

  function dropped(event, to) {
    event.preventDefault();
    event.stopPropagation();
    setOver(false);
    if (event.dataTransfer.files.length) take(event.dataTransfer.files);
    else if (to !== undefined && dragged.current !== null && dragged.current !== to) move(dragged.current, to);
    dragged.current = null;
  }

  const full = several && pictures.length + pending.length >= MOST;
  const words = several ? "Add pictures" : shown.length ? "Choose another" : "Choose a picture";
  return (
    <div ref={root} role="group" aria-label={label} className={over ? look.over : look.area}
      onDragOver={(event) => { event.preventDefault(); setOver(event.dataTransfer.types.includes("Files")); }}
      onDragLeave={() => setOver(false)} onDrop={(event) => dropped(event)}>
      <div className={look.words}>
        <p className={look.label} aria-hidden="true">{label}</p>
        <button ref={button} type="button" className={look.choose} disabled={full || (pending.length > 0 && !several)}
          onClick={() => input.current.click()}><Icon name="picture" />{words}</button>
        <input ref={input} type="file" hidden multiple={several} accept="image/jpeg,image/png,image/webp" aria-label={label}
          onChange={(event) => { take(event.target.files); event.target.value = ""; }} />
        <p className={look.hint}>
          {several ? `${pictures.length} of ${MOST}. ` : ""}JPEG, PNG or WebP, up to 10 MB
          <span className={look.mouse}>; or drop {several ? "them" : "it"} here</span>.
        </p>
        <div role="alert" className={look.refusals}>{refusals.map((sentence) => <p key={sentence}>{sentence}</p>)}</div>
        <p role="status" className="sr-only">{said}</p>
      </div>
      <ul className={look.tiles} hidden={!shown.length && !pending.length}>
        {(pending.length && !several ? [] : shown).map((picture, place) => (
          <li key={picture.id} data-picture={picture.id} className={look.tile} draggable={several}
            onDragStart={() => { dragged.current = place; }} onDrop={(event) => dropped(event, place)}>
            <img src={picture.small} alt={several ? `Picture ${place + 1} of ${shown.length}` : label}
              className={look.picture} draggable={false} />
            {several && ["earlier", "later"].map((way) => {
              const to = way === "earlier" ? place - 1 : place + 1;
              return (
                <button key={way} type="button" data-way={way} className={look[way]} disabled={to < 0 || to >= shown.length}
                  aria-label={`Show picture ${place + 1} ${way}`} title={`Show ${way}`} onClick={() => move(place, to, way)}>
                  <Icon name={way} />
                </button>
              );
            })}
            <button type="button" className={look.remove} title="Remove" onClick={() => remove(picture)}
              aria-label={several ? `Remove picture ${place + 1}` : "Remove the picture"}><Icon name="remove" /></button>
          </li>
        ))}
        {pending.map((one) => (
          <li key={one.key} className={look.tile}>
            <img src={one.url} alt="" className={look.waiting} onError={(event) => { event.target.hidden = true; }} />
            <span role="progressbar" aria-label="Upload" aria-valuenow={Math.round(one.progress * 100)} className={look.bar}>
              <span className={look.progress} style={{ width: `${one.progress * 100}%` }} />
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
