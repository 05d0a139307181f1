/** All that the page does by itself: it shows what it is told, and passes on what is pressed. */
export const script = `'use strict';
const byId = (id) => document.getElementById(id);
const kill = byId('kill');
const placing = byId('placing');

function show(id, text) {
  const place = byId(id);
  if (place === null || place.textContent === text) return;
  place.textContent = text;
  place.dataset.value = text;
}

function draw({ texts, isKilling, isPlacing }) {
  for (const [id, text] of Object.entries(texts)) show(id, text);
  kill.setAttribute('aria-disabled', String(isKilling));
  placing.dataset.path = isPlacing ? '/stop-placing' : '/go-on';
  show('placing', isPlacing ? 'Stop placing orders' : 'Go on placing orders');
}

async function press(path) {
  const response = await fetch(path, { method: 'POST' });
  if (response.ok) draw(await response.json());
}

const lost = () => show('notice', 'Nothing is heard any more: the live mode has ended, or is away.');

kill.addEventListener('click', () => {
  if (kill.getAttribute('aria-disabled') !== 'true') press('/kill').catch(lost);
});
placing.addEventListener('click', () => press(placing.dataset.path).catch(lost));

const stream = new EventSource('/events');
stream.addEventListener('picture', ({ data }) => draw(JSON.parse(data)));
stream.addEventListener('error', lost);
`;
