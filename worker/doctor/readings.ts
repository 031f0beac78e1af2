/** Reads some of a machine's real disk by each way that could be gone, and picks the one by which a move is over first. */
import type { DoctorReading, DoctorReport, DoctorWay } from '../../main/shared/doctor.ts';
import { GutsError } from '../../main/shared/errors.ts';
import { bytesText, rateText, secondsText } from '../../main/shared/figures.ts';
import type { InventoryDisk, InventoryVm } from '../../main/shared/inventory.ts';
import { defaultOptions, type MigrationOptions, type PlannedDisk, type Reading } from '../../main/shared/migration.ts';
import type { SourceDriver } from '../drivers.ts';
import type { DoctorLedger } from './ledger.ts';
import { readHead, type Measured } from './measure.ts';
import type { Seen, Steps } from './steps.ts';

/** What stays compressed is about half of it; measured, see docs/performance.md. */
const COMPRESSED = 0.5;
/** Less than that says more of how long asking takes than of the way. */
const ENOUGH_BYTES = 8 * 1024 * 1024;
/** 36 GB an hour: disks of today take days. */
const SLOW_BYTES_PER_SECOND = 10_000_000;
/** One way, with everything that opening it takes: a snapshot of a busy machine, a lease that waits for another. */
const PATIENCE_MS = 10 * 60_000;
const GiB = 1024 ** 3;

export interface ReadingLook {
  readonly driver: SourceDriver;
  readonly vm: InventoryVm;
  readonly mayMakeSnapshot: boolean;
  readonly ledger: DoctorLedger;
  readonly signal: AbortSignal;
}

export interface ReadingsSeen {
  readonly readings: readonly DoctorReading[];
  readonly chosen: DoctorReport['chosen'];
}

/** As a move of it would be asked for, as far as reading goes. */
export const optionsFor = ({ power }: InventoryVm, mayMakeSnapshot: boolean): MigrationOptions => ({
  ...defaultOptions,
  whileRunning: power === 'on' && mayMakeSnapshot ? 'snapshot' : 'shutDown',
});

/** The disk that holds the most: what is read of it is no empty block. */
function diskToRead({ disks }: InventoryVm): InventoryDisk | null {
  const held = ({ storedBytes, sizeBytes }: InventoryDisk): number => storedBytes ?? sizeBytes;
  return disks.toSorted((a, b) => held(b) - held(a))[0] ?? null;
}

/** What is made on the way is in the ledger, and removed at once, or at the latest by whoever has the ledger. */
export async function tryReadings(look: ReadingLook, steps: Steps): Promise<ReadingsSeen> {
  const { driver, vm, mayMakeSnapshot } = look;
  const disk = diskToRead(vm);
  const ways = driver.readings(vm, optionsFor(vm, mayMakeSnapshot));
  const open = ways.filter(({ obstacle }) => obstacle === null).map(({ reading }) => reading);
  const isBusy = vm.power === 'on' && !mayMakeSnapshot;
  const readings: DoctorReading[] = [];
  const failed: { readonly about: string; readonly seen: Seen; readonly milliseconds: number }[] = [];
  for (const { reading, obstacle } of ways) {
    const about = `${vm.name} by ${wayNames[reading]}`;
    const why = disk === null ? `“${vm.name}” has no disk.` : (obstacle ?? (isBusy ? RUNNING : null));
    if (disk === null || why !== null) {
      const seen = obstacleSeen(vm, sentence(why ?? ''), obstacle === null && isBusy);
      steps.add('reading', about, seen);
      readings.push({ ...untried(reading, seen.says), verdict: seen.verdict });
      continue;
    }
    const measure: { taken: Measured | null } = { taken: null };
    const { seen, milliseconds } = await steps.see(async () => {
      measure.taken = await readOnce(look, disk, reading, reading !== open.at(-1));
      return rateSeen(disk, reading, measure.taken);
    });
    if (seen.verdict === 'bad') failed.push({ about, seen, milliseconds });
    else steps.add('reading', about, seen, milliseconds);
    readings.push(readingOf(vm, reading, seen, measure.taken));
  }
  const chosen = choose(readings, open);
  for (const { about, seen, milliseconds } of failed)
    steps.add('reading', about, chosen === null ? seen : onlyThisWay(seen, chosen.reading), milliseconds);
  const [first] = open;
  steps.add(
    'reading',
    `the way for ${vm.name}`,
    choiceSeen(vm, { chosen, first, isBusy: isBusy && open.length > 0, disk }, readings),
  );
  return { readings, chosen };
}

export const wayNames: Readonly<Record<DoctorWay, string>> = {
  lease: 'an export lease',
  areas: 'allocated areas of the datastore’s file',
  ranges: 'ranges of the datastore’s file',
  file: 'the disk’s own file',
  winrm: 'WinRM',
};

/** One of several is broken: it stops no move that goes another way. */
const onlyThisWay = (seen: Seen, works: DoctorWay): Seen => ({
  ...seen,
  verdict: 'poor',
  says: `${seen.says} It stops this way only: reading works by ${wayNames[works]}.`,
});

const RUNNING =
  'The machine runs, and its disks are locked: a snapshot would let them be read, and nobody allowed one.';
const RUNNING_REMEDY =
  'Allow a snapshot, which is removed again (--with-snapshot), or name a machine that is off (--vm).';

/** What the files’ own heads have shown already, when the machine was described, was tried. */
function obstacleSeen({ disks }: InventoryVm, says: string, isBusy: boolean): Seen {
  if (isBusy) return { verdict: 'notTried', says, remedy: RUNNING_REMEDY };
  if (disks.every(({ problem }) => problem === undefined)) return { verdict: 'notTried', says };
  return { verdict: 'bad', says, remedy: 'Mend what is said of the disk’s file, or name another machine (--vm).' };
}

/** @param isShared a later way takes up the same snapshot */
async function readOnce(
  { driver, vm, ledger, signal }: ReadingLook,
  disk: InventoryDisk,
  reading: Reading,
  isShared: boolean,
): Promise<Measured> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new TooSlowError(disk.label, reading)), PATIENCE_MS);
  const patience = AbortSignal.any([signal, late.signal]);
  try {
    await using opened = await driver.openDisks(vm, [plannedFor(disk, reading)], ledger, patience);
    if (isShared) opened.keepSnapshot();
    const [readable] = opened.disks;
    if (readable === undefined) throw new Error('a driver opens what it was asked to open');
    return await readHead(readable, patience);
  } finally {
    clearTimeout(timer);
  }
}

class TooSlowError extends GutsError {
  readonly code = 'doctor.too-slow';
  readonly remedy = 'Look what is between this machine and the host, and whether the datastore answers others in time.';

  constructor(label: string, reading: Reading) {
    super(`${label}: not enough came by ${wayNames[reading]} within ${PATIENCE_MS / 60_000} minutes.`);
  }
}

const plannedFor = ({ key, label, sizeBytes }: InventoryDisk, reading: Reading): PlannedDisk => ({
  key,
  label,
  sizeBytes,
  sizeGiB: Math.max(1, Math.ceil(sizeBytes / GiB)),
  bootIndex: 0,
  reading: { value: reading, reason: 'It is tried.' },
  imageFormat: { value: 'raw', reason: 'Nothing is written.' },
  volumeType: null,
});

function rateSeen({ label }: InventoryDisk, reading: Reading, { bytes, seconds }: Measured): Seen {
  if (bytes === 0)
    return {
      verdict: 'good',
      says: `${label} can be read by ${wayNames[reading]}; it holds nothing, so there is no rate.`,
    };
  const rate = rateOf({ bytes, seconds });
  const packed = reading === 'lease' ? ', compressed as they are sent on' : '';
  const says = `${label}: ${bytesText(bytes)} by ${wayNames[reading]} in ${secondsText(seconds)}, ${rateText(rate / 1e6)}${packed}.`;
  const evidence = [`${bytes} bytes`, `${seconds.toFixed(3)} s`];
  if (rate >= SLOW_BYTES_PER_SECOND || bytes < ENOUGH_BYTES) return { verdict: 'good', says, evidence };
  const remedy =
    'Look what is between this machine and the host (VPN, firewall, a slow uplink), or run Guts nearer to it.';
  return { verdict: 'poor', says, remedy, evidence };
}

/** A clock that stood still has seen no rate that could be divided by. */
const rateOf = ({ bytes, seconds }: Measured): number => bytes / Math.max(seconds, 1e-6);

function readingOf(
  vm: InventoryVm,
  reading: Reading,
  { verdict, says }: Pick<DoctorReading, 'verdict' | 'says'>,
  measured: Measured | null,
): DoctorReading {
  if (measured === null) return { ...untried(reading, says), verdict };
  const rate = rateOf(measured);
  const hasRate = measured.bytes > 0;
  return {
    reading,
    verdict,
    ...measured,
    bytesPerSecond: hasRate ? rate : null,
    wholeSeconds: hasRate ? bytesToMove(vm, reading) / rate : null,
    says,
  };
}

export const untried = (reading: DoctorWay, says: string): DoctorReading => ({
  reading,
  verdict: 'notTried',
  bytes: 0,
  seconds: 0,
  bytesPerSecond: null,
  wholeSeconds: null,
  says,
});

/** What travels of all disks of the machine; a guess where the source does not say what they hold. */
function bytesToMove({ disks }: InventoryVm, reading: Reading): number {
  return disks.reduce((sum, { sizeBytes, storedBytes }) => {
    const held = Math.min(sizeBytes, storedBytes ?? sizeBytes);
    if (reading === 'ranges') return sum + sizeBytes;
    return sum + (reading === 'lease' ? held * COMPRESSED : held);
  }, 0);
}

/** The one by which all disks are there first; where too little was read to say so, the first that works. */
function choose(readings: readonly DoctorReading[], order: readonly Reading[]): DoctorReport['chosen'] {
  const works = order.flatMap((way) => {
    const found = readings.find(({ reading }) => reading === way);
    return found !== undefined && (found.verdict === 'good' || found.verdict === 'poor') ? [found] : [];
  });
  const [first, ...others] = works;
  if (first === undefined) return null;
  if (others.length === 0) return { reading: first.reading, why: 'It is the only way that works.' };
  const judged = works.filter(({ bytes, wholeSeconds }) => bytes >= ENOUGH_BYTES && wholeSeconds !== null);
  if (judged.length < works.length)
    return {
      reading: first.reading,
      why: 'Too little was read to tell which is faster; by experience, of those that work it is the one to take.',
    };
  const [best, ...rest] = judged.toSorted((a, b) => (a.wholeSeconds ?? 0) - (b.wholeSeconds ?? 0));
  if (best === undefined) return null;
  const against = rest.map(({ reading, wholeSeconds }) => `${secondsText(wholeSeconds ?? 0)} by ${wayNames[reading]}`);
  return {
    reading: best.reading,
    why: `At the rate that was seen all disks would be here in about ${secondsText(best.wholeSeconds ?? 0)}, against ${against.join(' and ')}.`,
  };
}

function choiceSeen(
  { name }: InventoryVm,
  {
    chosen,
    first,
    isBusy,
    disk,
  }: {
    readonly chosen: DoctorReport['chosen'];
    /** That a move takes which is left to choose: it does not try them. */
    readonly first: Reading | undefined;
    readonly isBusy: boolean;
    readonly disk: unknown;
  },
  readings: readonly DoctorReading[],
): Seen {
  if (chosen !== null) {
    const says = `${sentence(wayNames[chosen.reading])} ${chosen.why}`;
    const isBroken = readings.some(({ reading, verdict }) => reading === first && verdict === 'bad');
    if (!isBroken || first === undefined) return { verdict: 'good', says };
    return {
      verdict: 'poor',
      says: `${says} A move that is left to choose takes ${wayNames[first]}, and fails.`,
      remedy: `Mend that way, or have moves take this one (--read ${chosen.reading}).`,
    };
  }
  if (disk === null) return { verdict: 'notTried', says: `“${name}” has no disk that could be read.` };
  if (isBusy)
    return { verdict: 'notTried', says: `No disk of “${name}” was read, because it runs.`, remedy: RUNNING_REMEDY };
  return {
    verdict: 'bad',
    says: `There is no way by which the disks of “${name}” can be read as things are.`,
    remedy: 'Mend what is said of each way; one of them is enough.',
  };
}

const sentence = (text: string): string => {
  const whole = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(whole) ? whole : `${whole}.`;
};
