/** The guts command as an operator runs it: the built one, on the system's Node, with a data folder of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as path from 'node:path';

const cli = path.resolve(import.meta.dirname, '../../out/cli.cjs');
/** The product must run on the oldest Node that it names, not only on the one that runs the tests. */
export const systemNode = existsSync('/usr/bin/node') ? '/usr/bin/node' : process.execPath;

export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly outcome: Promise<Outcome>;
}

/** @param stateDir where journals go; give each test its own. */
export const startGuts = (stateDir: string, ...args: string[]): Started => startGutsOn(systemNode, stateDir, ...args);

/** The same on another Node, for what only newer ones can do. */
export function startGutsOn(node: string, stateDir: string, ...args: string[]): Started {
  if (!existsSync(cli)) throw new Error('out/cli.cjs is missing: run “npm run build” first.');
  const child = spawn(node, [cli, ...args], {
    env: { ...process.env, GUTS_DATA_DIR: stateDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const outcome = new Promise<Outcome>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { child, outcome };
}

export const guts = (stateDir: string, ...args: string[]): Promise<Outcome> => startGuts(stateDir, ...args).outcome;
export const gutsOn = (node: string, stateDir: string, ...args: string[]): Promise<Outcome> =>
  startGutsOn(node, stateDir, ...args).outcome;

/** The same with an environment and something on its standard input. */
export const gutsWith = (env: Readonly<Record<string, string>>, input: string, ...args: string[]): Promise<Outcome> =>
  gutsWithOn(systemNode, env, input, ...args);

export async function gutsWithOn(
  node: string,
  env: Readonly<Record<string, string>>,
  input: string,
  ...args: string[]
): Promise<Outcome> {
  const child = spawn(node, [cli, ...args], { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.on('error', () => {}); // it may end without reading
  child.stdin.end(input);
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}
