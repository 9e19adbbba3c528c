// Voice in the room: each phone of at most six sends its sound straight to each other one; the room's socket only carries
// the addresses. Nothing is recorded, here or on the server. The microphone is shut unless the button is held.
import { word } from "./room_words.js";
import { addresses, levelOf, light, limit, microphone, whileHeld } from "./room_sound.js";

const root = document.querySelector("#room");
const section = document.querySelector("#voice");
const find = (name) => section.querySelector(`[data-voice="${name}"]`);
const bar = document.querySelector("#voice-bar");
const talks = document.querySelectorAll("[data-voice=talk]"); // one with the people, one beside the place to write
const LOUD = 0.01; // of 1: the level from which somebody is heard to speak
const tell = (frame) => root.dispatchEvent(new CustomEvent("room:tell", { detail: frame }));
const signal = (to, what) => tell({ type: "signal", to, data: { voice: what } });

let [me, members, servers] = ["", [], []];
let [stream, track, on] = [null, null, false]; // `on`: we want to talk; the server has said yes once `taken`
let [taken, pressed, shown, said, watch] = [false, false, false, 0, 0]; // `shown`: the others have seen that we talk
const peers = new Map(); // connection -> { line, sound, person, waiting: [candidates], offers }

// What is on the wire between two phones.

function peerOf(connection) {
  if (peers.has(connection)) return peers.get(connection);
  const line = new RTCPeerConnection({ iceServers: servers, bundlePolicy: "max-bundle" });
  const peer = { line, sound: new Audio(), person: personOf(connection), late: [], found: [], lost: false };
  peers.set(connection, peer);
  peer.sound.autoplay = true;
  const sender = line.addTrack(track, stream);
  line.ontrack = (event) => { peer.sound.srcObject = event.streams[0]; peer.sound.play().catch(() => show("deaf")); };
  line.onicecandidate = ({ candidate }) => {
    if (!candidate) return;
    if (peer.found.push(candidate) === 1) setTimeout(() => signal(connection, { candidates: peer.found.splice(0) }), 150);
  };
  line.onconnectionstatechange = () => {
    peer.lost = line.connectionState === "failed";
    if (peer.lost && me < connection) offer(connection, { iceRestart: true });
    if (line.connectionState === "connected") limit(sender);
    draw();
  };
  return peer;
}

/** Of two, the one with the smaller name offers; so two never offer at once. */
async function offer(connection, options = {}) {
  const { line } = peerOf(connection);
  await line.setLocalDescription(await line.createOffer(options));
  signal(connection, { offer: light(line.localDescription.sdp) });
}

const TAKE = {
  async offer(connection, text) {
    const { line } = peerOf(connection);
    await line.setRemoteDescription({ type: "offer", sdp: text });
    await line.setLocalDescription(await line.createAnswer());
    signal(connection, { answer: light(line.localDescription.sdp) });
    await early(connection);
  },
  async answer(connection, text) {
    const { line } = peerOf(connection);
    if (line.signalingState !== "have-local-offer") return;
    await line.setRemoteDescription({ type: "answer", sdp: text });
    await early(connection);
  },
  async candidates(connection, list) {
    const peer = peerOf(connection);
    peer.late.push(...list);
    if (peer.line.remoteDescription) await early(connection);
  },
  speaks(connection, down) {
    held[down === true ? "add" : "delete"](personOf(connection));
    markAll();
  },
};

async function early(connection) {
  const { line, late } = peerOf(connection);
  for (const candidate of late.splice(0)) await line.addIceCandidate(candidate).catch(() => {});
}

function hangUp(connection) {
  const peer = peers.get(connection);
  peers.delete(connection);
  peer.line.close();
  peer.sound.srcObject = null;
}

// Who is there.

const voices = () => members.flatMap((member) => member.voice ?? []);
const personOf = (connection) => members.find((member) => member.connections.includes(connection))?.id ?? "";

function meet() {
  const there = new Set(voices());
  if (shown && !there.has(me) && members.some((member) => member.id === root.dataset.person && member.voice?.length)) {
    stop(); // the same person talks by another phone or page now
    return show("moved");
  }
  shown = on && taken && there.has(me);
  for (const connection of [...peers.keys()]) if (!there.has(connection)) hangUp(connection);
  if (on && taken) {
    for (const connection of there) {
      if (connection === me) continue;
      if (!peers.has(connection) && me < connection) offer(connection).catch(() => {});
      else if (peers.has(connection)) peers.get(connection).person = personOf(connection);
    }
  }
  draw();
}

// What is shown.

let state = "off";

function show(next) {
  state = next;
  section.dataset.state = next;
  find("said").textContent = word(`voice.${next}`);
  find("join").hidden = on || next === "unable";
  find("on").hidden = bar.hidden = !on;
  draw();
}

function draw() {
  const list = find("people");
  const talking = members.filter((member) => member.voice?.length);
  list.replaceChildren(...talking.map((member) => {
    const node = find("person").content.firstElementChild.cloneNode(true);
    node.dataset.person = member.id;
    node.querySelector("[data-name]").textContent = member.id === root.dataset.person ? word("you") : member.name;
    const peer = [...peers.values()].find((one) => one.person === member.id);
    const mine = member.voice.includes(me);
    node.querySelector("[data-lost]").hidden = !(on && taken && !mine && peer?.lost);
    node.classList.toggle("speaks", speaking.has(member.id));
    node.querySelector("[data-speaks]").hidden = !speaking.has(member.id);
    return node;
  }));
  find("nobody").hidden = talking.length > 0;
  const names = talking.filter((one) => speaking.has(one.id) && one.id !== root.dataset.person).map((one) => one.name);
  bar.querySelector("[data-who]").textContent = names.length ? word("voice.who", { name: names.join(", ") }) : "";
}

const held = new Set(); // who says that the button is held
const loud = new Map(); // person -> when they were last heard: an open microphone holds no button
let speaking = new Set();

function markAll() {
  const now = new Set(members.filter((one) => one.voice?.length && (held.has(one.id) || Date.now() - (loud.get(one.id) ?? 0) < 1200)).map((one) => one.id));
  if (now.size === speaking.size && [...now].every((one) => speaking.has(one))) return;
  speaking = now;
  draw();
}

function listen() {
  for (const peer of peers.values()) if (levelOf(peer.line) > LOUD) loud.set(peer.person, Date.now());
  markAll();
}

/** Everybody is told who holds the button, readers too, as far as the room is small; at most once a second. */
function tellAll(down) {
  const others = members.filter((member) => member.id !== root.dataset.person).flatMap((member) => member.connections);
  clearTimeout(tellAll.timer);
  tellAll.timer = setTimeout(() => { said = Date.now(); for (const to of others.slice(0, 12)) signal(to, { speaks: down }); }, Math.max(0, said + 1000 - Date.now()));
}

function press(down) {
  const open = on && (down || find("open").checked);
  if (!track || open === pressed) return;
  pressed = open;
  track.enabled = open;
  for (const talk of talks) {
    talk.setAttribute("aria-pressed", open);
    talk.querySelector("[data-text]").textContent = word(open ? "voice.speaks" : "voice.hold");
  }
  held[open && !find("open").checked ? "add" : "delete"](root.dataset.person);
  if (open && find("open").checked) loud.set(root.dataset.person, Infinity);
  else loud.delete(root.dataset.person);
  markAll();
  tellAll(held.has(root.dataset.person));
}

// Coming and going.

async function join() {
  show("asking");
  try {
    stream = await microphone();
    servers = await addresses(section.dataset.ice);
  } catch (fault) {
    stop();
    return show(fault.name === "NotAllowedError" ? "refused" : fault.name === "NotFoundError" ? "none" : "offline");
  }
  [track] = stream.getAudioTracks();
  track.enabled = false;
  track.onended = leave;
  on = true;
  watch = setInterval(listen, 300);
  show("connecting");
  return tell({ type: "voice", on: true });
}

function stop() {
  find("open").checked = false;
  press(false);
  clearInterval(watch);
  for (const connection of [...peers.keys()]) hangUp(connection);
  stream?.getTracks().forEach((one) => one.stop());
  [stream, track, on, taken, pressed, shown] = [null, null, false, false, false, false];
}

function leave() {
  if (!on) return;
  tell({ type: "voice", on: false });
  stop();
  markAll();
  show("off");
}

const HEAR = {
  ready(frame) {
    me = frame.me.connection;
    if (on) tell({ type: "voice", on: true }); // a new line to the server: a new name
  },
  presence(frame) { members = frame.members; meet(); },
  voice(frame) {
    if (frame.on) { taken = true; show("live"); meet(); return; }
    if (!frame.detail) return;
    stop();
    show("full");
    find("said").textContent = frame.detail;
  },
  signal(frame) {
    const [kind, what] = Object.entries(frame.data?.voice ?? {})[0] ?? [];
    if (!TAKE[kind] || (kind !== "speaks" && !(on && track))) return;
    Promise.resolve(TAKE[kind](frame.from, what)).catch(() => {}); // words of another make: the line to that one stays as it is
  },
  closed({ rests }) { if (rests) return leave(); taken = shown = false; if (on) show("connecting"); },
};

if (section) {
  section.hidden = false;
  root.addEventListener("room:frame", ({ detail }) => HEAR[detail.type]?.(detail));
  const able = window.RTCPeerConnection && navigator.mediaDevices?.getUserMedia && window.WebSocket;
  show(able ? "off" : "unable");
  find("join").addEventListener("click", join);
  find("leave").addEventListener("click", leave);
  find("open").addEventListener("change", () => press(false));
  for (const talk of talks) whileHeld(talk, press);
  addEventListener("pagehide", leave);
}
