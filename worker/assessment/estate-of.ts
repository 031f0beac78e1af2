/** An estate from wherever it comes: an export of another program, one that Guts wrote without names, or a live inventory. */
import { open, stat } from 'node:fs/promises';
import * as path from 'node:path';
import { InventoryThingLine, type EstateOrigin } from '../../main/shared/assess-jobs.ts';
import type { Estate } from '../../main/shared/estate.ts';
import { readKeptEstate } from './kept.ts';
import { EmptyExportError, UnsupportedExportError } from './read/errors.ts';
import { readEstate } from './read/read-estate.ts';

/** So many things are read before it is asked whether anybody still wants to know. */
const BATCH = 500;

/** @throws GutsError where a file is none that can be read */
export async function estateOf(origin: EstateOrigin, signal: AbortSignal): Promise<Estate> {
  if ('inventory' in origin) return await liveEstate(origin.inventory, signal);
  for (const file of origin.files) await demandNoPipe(file);
  const [only, ...others] = origin.files;
  const isKept = only !== undefined && others.length === 0 && (await isJson(only));
  const estate = isKept ? await readKeptEstate(only) : await readEstate(origin.files, signal);
  if (estate.vms.length === 0) throw new EmptyExportError(estate.from);
  return estate;
}

/** Reading from a pipe that nobody writes to would never end; exports are read more than once, besides. */
async function demandNoPipe(file: string): Promise<void> {
  const found = await stat(file).catch(() => null); // who reads it tells why it cannot be
  if (found === null || found.isFile() || found.isDirectory()) return;
  throw new UnsupportedExportError(
    `“${path.basename(file)}” is neither a file nor a folder, but a pipe, a socket or a device.`,
    'Save what comes out of it into a file, and give that.',
  );
}

type Inventory = Extract<EstateOrigin, { inventory: unknown }>['inventory'];

async function liveEstate({ source, product, takenAt, lines }: Inventory, signal: AbortSignal): Promise<Estate> {
  const estate: Estate = {
    kind: 'inventory',
    product,
    takenAt,
    from: [source],
    vms: [],
    networks: [],
    datastores: [],
    hosts: [],
    gaps: [],
    warnings: [],
  };
  for (const [at, line] of lines.entries()) {
    if (at % BATCH === 0) {
      await new Promise((resolve) => void setImmediate(resolve));
      signal.throwIfAborted();
    }
    const thing = InventoryThingLine.parse(JSON.parse(line));
    if ('vm' in thing) estate.vms.push(thing.vm);
    else if ('network' in thing) estate.networks.push(thing.network);
    else if ('datastore' in thing) estate.datastores.push(thing.datastore);
    else estate.hosts.push(thing.host);
  }
  return estate;
}

/** No workbook and no CSV begins with a brace, whatever the file is called; what cannot be opened is told by who reads it. */
async function isJson(file: string): Promise<boolean> {
  const handle = await open(file, 'r').catch(() => null);
  if (handle === null) return false;
  try {
    if (!(await handle.stat()).isFile()) return false; // a folder may hold an export
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(64), 0, 64, 0);
    return /^\s*[[{]\s*["{[\]}]/.test(buffer.toString('utf8', 0, bytesRead).replace(/^\ufeff/, ''));
  } finally {
    await handle.close();
  }
}
