/** Lets one process of this checkout at a time do a piece of work; the others wait for it. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { cache, root } from './places.mjs';

/**
 * Runs `work` while no other process is in work of the same name. A lock whose owner has died is taken over.
 * @template T
 * @param {string} name
 * @param {() => T | Promise<T>} work
 * @returns {Promise<T>}
 */
export async function alone(name, work) {
  const file = path.join(cache, `${name}.lock`);
  try {
    mkdirSync(cache, { recursive: true });
    while (!take(file)) await pause(200);
  } catch (error) {
    const { code = '' } = /** @type {NodeJS.ErrnoException} */ (error);
    if (!['EACCES', 'EPERM', 'EROFS'].includes(code)) throw error;
    process.stderr.write(
      `This user may not write in ${root}. Use a checkout of your own, or be the user whose it is.\n`,
    );
    process.exit(1);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

/** @param {string} file */
function take(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
  }
  const owner = ownerOf(file);
  if (owner === undefined || isAlive(owner)) return false;
  rmSync(file, { force: true });
  return false; // the next round takes it, unless somebody else does
}

/** @param {string} file */
function ownerOf(file) {
  try {
    const owner = Number(readFileSync(file, 'utf8'));
    return owner > 0 ? owner : undefined; // created, not yet written
  } catch {
    return undefined; // given back meanwhile
  }
}

/** @param {number} owner */
function isAlive(owner) {
  try {
    process.kill(owner, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM'; // somebody else's, but alive
  }
}
