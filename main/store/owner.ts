/** What root writes into a folder of somebody else becomes theirs: else whoever the folder belongs to could not go on with it. */
import { chownSync, statSync } from 'node:fs';
import { lchown, stat } from 'node:fs/promises';
import * as path from 'node:path';

const isRoot = (): boolean => process.geteuid?.() === 0;

/** Gives a file or folder that was just made to the owner and group of the folder that it is in. */
export async function giveToOwner(made: string): Promise<void> {
  if (!isRoot()) return;
  const { uid, gid } = await stat(path.dirname(made));
  if (uid !== 0) await lchown(made, uid, gid);
}

export function giveToOwnerSync(made: string): void {
  if (!isRoot()) return;
  const { uid, gid } = statSync(path.dirname(made));
  if (uid !== 0) chownSync(made, uid, gid);
}

/** The same for folders that were made at once, each in the one before. @param first undefined where all were there */
export async function giveAllToOwner(first: string | undefined, last: string): Promise<void> {
  if (first === undefined || !isRoot()) return;
  const below = path.relative(first, last);
  let folder = first;
  await giveToOwner(folder);
  for (const name of below === '' ? [] : below.split(path.sep)) {
    folder = path.join(folder, name);
    await giveToOwner(folder);
  }
}
