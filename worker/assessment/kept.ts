/** Files that assessments leave and read: an assessment as lines, an estate as JSON; each is there whole or not at all. */
import { link, mkdir, open, readFile, stat, unlink } from 'node:fs/promises';
import * as path from 'node:path';
import type { AssessedMachine, AssessmentSummary } from '../../main/shared/assessment.ts';
import { assessmentLines } from '../../main/shared/assessment-lines.ts';
import { GutsError } from '../../main/shared/errors.ts';
import { KeptEstate, type Estate } from '../../main/shared/estate.ts';
import { estateLines } from '../../main/shared/estate-lines.ts';
import { UnwrittenFileError } from '../../main/shared/file-errors.ts';
import { strangeJson } from './read/strange.ts';

/** What names machines is for their owner alone. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;
const MOST_ESTATE_BYTES = 512 * 2 ** 20;
/** Letters that are written at once. */
const PIECE = 256 * 1024;

class EstateFileError extends GutsError {
  readonly code = 'assessment.bad-estate';
  readonly remedy =
    'Give an estate that was written without names (“guts assess --anonymise”), or the export of RVTools or Hyper-V itself.';
}

export async function writeAssessment(
  file: string,
  summary: AssessmentSummary,
  machines: readonly AssessedMachine[],
): Promise<void> {
  await writeFresh(file, assessmentLines(summary, machines));
}

export async function writeEstate(file: string, estate: Estate): Promise<void> {
  await writeFresh(file, estateText(estate));
}

/** To be kept beside the assessment of it, and read a line at a time. */
export async function writeEstateLines(file: string, estate: Estate): Promise<void> {
  await writeFresh(file, estateLines(estate));
}

/** A line for each machine, so that a large estate is never one text. */
function* estateText({ vms, ...rest }: Estate): Generator<string, void, void> {
  const head = JSON.stringify({ estateVersion: 1, ...rest });
  yield `${head.slice(0, -1)},"vms":[`;
  for (const [at, vm] of vms.entries()) yield `${at === 0 ? '' : ','}\n${JSON.stringify(vm)}`;
  yield '\n]}\n';
}

/** @throws EstateFileError */
export async function readKeptEstate(file: string): Promise<Estate> {
  const name = path.basename(file);
  const { size } = await stat(file);
  if (size > MOST_ESTATE_BYTES) throw new EstateFileError(`“${name}” is larger than any estate that Guts writes.`);
  const value = jsonIn(await readFile(file, 'utf8'), name);
  if (typeof value !== 'object' || value === null || !('estateVersion' in value)) throw strangeJson(name, value);
  const { data, error, success } = KeptEstate.safeParse(value);
  if (!success) {
    const [first] = error.issues;
    const where = first === undefined || first.path.length === 0 ? '' : ` (${first.path.join('.')}: ${first.message})`;
    throw new EstateFileError(`“${name}” is an estate, but not as Guts writes it${where}.`, { cause: error });
  }
  const { estateVersion: _, ...estate } = data;
  return { ...estate, from: [name] };
}

function jsonIn(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new EstateFileError(`“${name}” begins like JSON, but is none, or is cut off.`, { cause });
  }
}

/** Beside its place first, and forced to the disk; a file that is there stays as it is. */
async function writeFresh(file: string, pieces: Iterable<string>): Promise<void> {
  const part = `${file}.${process.pid}.part`;
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: FOLDER_MODE });
    const handle = await open(part, 'w', FILE_MODE);
    try {
      let text = '';
      for (const piece of pieces) {
        text += piece;
        if (text.length < PIECE) continue;
        await handle.appendFile(text);
        text = '';
      }
      await handle.appendFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await link(part, file); // which, other than a rename, replaces nothing
    await unlink(part);
  } catch (error) {
    await unlink(part).catch(() => {}); // it may never have come to be
    throw new UnwrittenFileError(file, error as NodeJS.ErrnoException); // only the file system throws here
  }
}
