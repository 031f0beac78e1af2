/** The tray's icons as drawings: the mark, with a sign in the corner for how things are. Colour says the same once more. */

export const trayStates = /** @type {const} */ (['idle', 'working', 'needs-you', 'failed']);

/** @typedef {(typeof trayStates)[number]} TrayState */

const grounds = { idle: '#5b6675', working: '#2457c5', 'needs-you': '#2457c5', failed: '#2457c5' };
const signs = {
  working: { colour: '#19804a', path: 'M43 39v18l15-9z', isFilled: true },
  'needs-you': { colour: '#b06f00', path: 'M48 38v11M48 57v.5', isFilled: false },
  failed: { colour: '#c3262f', path: 'M41.5 41.5l13 13M54.5 41.5l-13 13', isFilled: false },
};
const BADGE = 'cx="48" cy="48"';

/** @param {TrayState} state @param {boolean} isTemplate black on nothing, for macOS */
export function trayIcon(state, isTemplate) {
  const sign = state === 'idle' ? null : signs[state];
  return isTemplate ? templateOf(sign) : colouredOf(grounds[state], sign);
}

/** @param {string} stroke */
const mark = (stroke) =>
  `<path d="M9 22h8M5 32h9M9 42h8" fill="none" stroke="${stroke}" stroke-width="6" stroke-linecap="round"/>` +
  `<circle cx="39" cy="32" r="17" fill="none" stroke="${stroke}" stroke-width="6"/>` +
  `<circle cx="39" cy="32" r="6" fill="${stroke}"/>`;

/** @param {{ path: string, isFilled: boolean }} sign @param {string} colour */
const drawn = ({ path, isFilled }, colour) =>
  isFilled
    ? `<path d="${path}" fill="${colour}"/>`
    : `<path d="${path}" fill="none" stroke="${colour}" stroke-width="7" stroke-linecap="round"/>`;

/** @param {string} ground @param {{ colour: string, path: string, isFilled: boolean } | null} sign */
function colouredOf(ground, sign) {
  const badge =
    sign === null
      ? ''
      : `<circle ${BADGE} r="19" fill="#fff"/><circle ${BADGE} r="16" fill="${sign.colour}"/>${drawn(sign, '#fff')}`;
  return svg(`<rect width="64" height="64" rx="14" fill="${ground}"/>${mark('#fff')}${badge}`);
}

/** Shape is all that counts there: the sign is cut out. @param {{ path: string, isFilled: boolean } | null} sign */
function templateOf(sign) {
  if (sign === null) return svg(mark('#000'));
  return svg(
    `<mask id="room"><rect width="64" height="64" fill="#fff"/><circle ${BADGE} r="20" fill="#000"/></mask>` +
      `<mask id="sign"><rect width="64" height="64" fill="#fff"/>${drawn(sign, '#000')}</mask>` +
      `<g mask="url(#room)">${mark('#000')}</g><circle ${BADGE} r="16" mask="url(#sign)"/>`,
  );
}

/** @param {string} inner */
const svg = (inner) => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">${inner}</svg>`;
