/** The closing line, seen from real runs of vitest over small suites of every kind. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { expect, test } from 'vitest';

const checkout = path.resolve(import.meta.dirname, '../..');

/** Runs `suite` in a folder of its own under the project's reporter. */
function run(
  suite: string,
  leaveAfterMs = 60_000,
): { readonly output: string; readonly errors: string; readonly lastLine: string; readonly code: number | null } {
  const folder = mkdtempSync(path.join(tmpdir(), 'guts-closing-'));
  try {
    symlinkSync(path.join(checkout, 'node_modules'), path.join(folder, 'node_modules'));
    writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }');
    const reporter = JSON.stringify(path.join(checkout, 'test/house/closing-line.ts'));
    const config = `import { ClosingLine } from ${reporter}; export default { test: { reporters: [new ClosingLine(${leaveAfterMs})] } };`;
    writeFileSync(path.join(folder, 'vitest.config.ts'), config);
    writeFileSync(
      path.join(folder, 'one.test.ts'),
      `import { afterAll, describe, expect, test } from 'vitest';\n${suite}`,
    );
    const { GUTS_TEST_TALLY: _own, ...env } = process.env;
    const vitest = path.join(checkout, 'node_modules/vitest/vitest.mjs');
    const { stdout, stderr, status } = spawnSync(process.execPath, [vitest, 'run'], {
      cwd: folder,
      env,
      encoding: 'utf8',
    });
    return { output: stdout, errors: stderr, lastLine: stdout.trimEnd().split('\n').at(-1) ?? '', code: status };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const good = 'test("good", () => { expect(1).toBe(1); });';
const bad = 'test("bad", () => { expect(1).toBe(2); });';

test.each([
  ['two that pass', `${good} test("also", () => {});`, '2 passed, 0 failed', 0],
  ['one that fails', `${good} ${bad}`, '1 passed, 1 failed', 1],
  ['one that is skipped', `${good} test.runIf(false)("left out", () => {});`, '1 passed, 0 failed, 1 skipped', 0],
  ['a file that does not load', `${good} await import('./missing.ts');`, '0 passed, 1 failed', 1],
  [
    'an error that nobody caught',
    `${good} setTimeout(() => { throw new Error('late'); }, 0); afterAll(() => new Promise((done) => setTimeout(done, 50)));`,
    '1 passed, 1 failed',
    1,
  ],
  ['a hook that throws', `${good} afterAll(() => { throw new Error('no'); });`, '1 passed, 1 failed', 1],
])('the last line counts %s', (_what, suite, lastLine, code) => {
  expect(run(suite)).toMatchObject({ lastLine, code });
});

test('what failed is told once more before it, with where and why', () => {
  const { output } = run(
    `${good} ${bad} describe('some', () => { test('other', () => { throw new Error('no such thing'); }); });`,
  );
  const end = output.slice(output.indexOf('FAILED '));
  expect(end).toMatch(/^FAILED one\.test\.ts > bad\n.*expected 1 to be 2/);
  expect(end).toMatch(/^FAILED one\.test\.ts > some > other\n.*no such thing/m);
});

test('a process that was left behind keeps nobody waiting', () => {
  const note = path.join(tmpdir(), `guts-left-${process.pid}`);
  const leaves = `import { spawn } from 'node:child_process';
    import { writeFileSync } from 'node:fs';
    test('leaves', () => {
      const child = spawn('sleep', ['600'], { stdio: ['ignore', 'inherit', 'inherit'], detached: true });
      writeFileSync('${note}', String(child.pid));
    });`;

  const { output, errors, code } = run(leaves, 1000);

  process.kill(Number(readFileSync(note, 'utf8')));
  rmSync(note);
  expect({ code, output, errors }).toMatchObject({
    code: 0,
    output: expect.stringContaining('1 passed, 0 failed'),
    errors: expect.stringContaining('left behind'),
  });
});
