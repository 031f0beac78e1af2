/** Measures in the window's own page: from what a person does until that is painted. Each function runs there, and knows nothing else. */

/** Types into the filter of the table. */
export async function filterFor(text: string): Promise<number> {
  const input = document.querySelector<HTMLInputElement>('[data-table-filter]');
  const write = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set;
  if (input === null || write === undefined) throw new Error('there is no filter');
  const count = document.querySelector('[data-count]');
  const before = count?.textContent;
  const beganMs = performance.now();
  write.call(input, text); // as a key does; React would not notice an assignment
  input.dispatchEvent(new InputEvent('input', { bubbles: true }));
  await new Promise((painted) => requestAnimationFrame(() => setTimeout(painted)));
  const tookMs = performance.now() - beganMs;
  if (count?.textContent === before) throw new Error(`“${text}” filters nothing`);
  return tookMs;
}

/** Clicks the title of a column. */
export async function sortBy(title: string): Promise<number> {
  const heads = [...document.querySelectorAll<HTMLElement>('[role=columnheader]')];
  const head = heads.find(({ textContent }) => textContent?.startsWith(title));
  if (head === undefined) throw new Error(`there is no column “${title}”`);
  const before = head.getAttribute('aria-sort');
  const beganMs = performance.now();
  head.click();
  await new Promise((painted) => requestAnimationFrame(() => setTimeout(painted)));
  const tookMs = performance.now() - beganMs;
  if (head.getAttribute('aria-sort') === before) throw new Error(`“${title}” sorts nothing`);
  return tookMs;
}

/** Ctrl+A, and Escape after it, which is not counted. */
export async function selectAll(): Promise<number> {
  const cell = document.querySelector<HTMLElement>('[aria-rowindex="2"] [data-column="name"]');
  if (cell === null) throw new Error('there is no row');
  cell.focus();
  const press = (key: string, ctrlKey: boolean): boolean =>
    cell.dispatchEvent(new KeyboardEvent('keydown', { key, ctrlKey, bubbles: true, cancelable: true }));
  const beganMs = performance.now();
  press('a', true);
  await new Promise((painted) => requestAnimationFrame(() => setTimeout(painted)));
  const tookMs = performance.now() - beganMs;
  const missing = document.querySelector('[data-row]:not([data-row="#head"]):not([aria-selected="true"])');
  if (missing !== null) throw new Error('not all are selected');
  press('Escape', false);
  await new Promise((painted) => requestAnimationFrame(() => setTimeout(painted)));
  return tookMs;
}

/** Scrolls by so much in each frame; how long each frame took. */
export async function scrollBy({ pixels, frames }: { pixels: number; frames: number }): Promise<number[]> {
  const grid = document.querySelector('[role=grid]');
  if (grid === null) throw new Error('there is no table');
  grid.scrollTop = 0;
  const next = async (): Promise<number> => await new Promise((frame) => requestAnimationFrame(frame));
  const tookMs: number[] = [];
  let lastMs = await next();
  for (let i = 0; i < frames; i++) {
    grid.scrollTop += pixels;
    const nowMs = await next();
    tookMs.push(nowMs - lastMs);
    lastMs = nowMs;
  }
  return tookMs;
}
