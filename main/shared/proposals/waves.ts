/** Proposes waves: a pilot first, then applications together, as many as a window has time for; people change them later. */
import { applicationOf, isCritical, type Hint, type Hinted } from './applications.ts';
import { forecastSeconds } from './forecast.ts';

export interface WaveMachine extends Hinted {
  readonly ref: string;
  /** That have to be copied. */
  readonly bytes: number;
  /** Nothing has to be done for it before. */
  readonly isReady: boolean;
}

export interface WaveLimits {
  /** In one wave. */
  readonly mostMachines: number;
  /** How long a wave may take: the window in which it runs; null is no limit. */
  readonly windowSeconds: number | null;
  /** Machines of the first wave; 0 makes none that is a pilot. */
  readonly pilotMachines: number;
  /** Of one machine. */
  readonly bytesPerSecond: number;
  readonly atOnce: number;
  /** What tells which machines belong together: everything, where it is left out; nothing, where it is empty. */
  readonly by?: readonly Hint[];
  /** False where nobody has looked whether machines are ready, so that nothing is said of it. */
  readonly knowsReadiness?: boolean;
}

export interface ProposedWave {
  /** From 1. */
  readonly number: number;
  readonly isPilot: boolean;
  readonly refs: readonly string[];
  readonly bytes: number;
  readonly seconds: number;
  /** What keeps these machines together, and why here, in a sentence or two. */
  readonly why: string;
}

interface Limits extends WaveLimits {
  /** Where most look critical, a word that all have tells nothing. */
  readonly tellsCritical: boolean;
}

interface Group {
  /** Null for a machine that nothing ties to others. */
  readonly name: string | null;
  readonly machines: readonly WaveMachine[];
  readonly isCritical: boolean;
  readonly isReady: boolean;
  /** False of a part of it. */
  readonly isWhole: boolean;
  readonly bytes: number;
}

/** `long` has only machines each of which takes longer than the window. */
type Kind = 'pilot' | 'usual' | 'long';

/** Names of applications that a sentence holds. */
const MOST_NAMED = 4;

/**
 * Machines of one application stay in one wave as long as a wave has room for them. The pilot has small applications that are
 * ready and not critical; after it come the others from small to large, those that are critical last. What alone takes longer
 * than the window comes after all of them, in waves with nothing else.
 */
export function proposeWaves(machines: readonly WaveMachine[], wishes: WaveLimits): ProposedWave[] {
  const limits: Limits = { ...wishes, tellsCritical: machines.filter(isCritical).length * 2 <= machines.length };
  const all = groupsOf(machines, limits).sort(inOrder);
  const groups = all.flatMap((group) => partOf(group, ({ bytes }) => !isLong(bytes, limits)) ?? []);
  const pilot = pilotOf(groups, limits);
  const inPilot = new Set(pilot.flatMap((group) => group.machines));
  const waves: Wave[] = [];
  if (inPilot.size > 0) {
    const wave = new Wave(limits, 'pilot');
    for (const group of pilot) wave.add(group);
    waves.push(wave);
  }
  let open = new Wave(limits, 'usual');
  const close = (next: Kind = 'usual'): void => {
    if (!open.isEmpty) waves.push(open);
    open = new Wave(limits, next);
  };
  for (const group of groups) {
    const left = partOf(group, (machine) => !inPilot.has(machine));
    if (left === null) continue;
    if (open.hasRoomFor(left)) {
      open.add(left);
      continue;
    }
    if (new Wave(limits, 'usual').hasRoomFor(left)) {
      close();
      open.add(left);
      continue;
    }
    // More than any wave has room for: it is divided, and each part says so.
    close();
    for (const one of singly(left)) {
      if (!open.hasRoomFor(one)) close();
      open.add(one);
    }
  }
  close('long');
  const long = all.flatMap((group) => singly(partOf(group, ({ bytes }) => isLong(bytes, limits))));
  for (const one of long.sort((a, b) => Number(a.isCritical) - Number(b.isCritical) || a.bytes - b.bytes)) {
    if (!open.hasRoomFor(one)) close('long');
    open.add(one);
  }
  close();
  const why = whyDivided(waves);
  return waves.map((wave, index) => wave.told(index + 1, why));
}

type Divided = 'window' | 'room';

/** Why machines of an application are in several waves; null where they are in one. */
function whyDivided(waves: readonly Wave[]): (name: string) => Divided | null {
  return (name) => {
    const own = waves.filter(({ names }) => names.has(name));
    if (own.length < 2) return null;
    return own.some(({ kind }) => kind === 'long') ? 'window' : 'room';
  };
}

const isLong = (bytes: number, { windowSeconds, bytesPerSecond }: WaveLimits): boolean =>
  windowSeconds !== null && bytes / bytesPerSecond > windowSeconds;

function groupsOf(machines: readonly WaveMachine[], { by, tellsCritical }: Limits): Group[] {
  const named = new Map<string, WaveMachine[]>();
  const alone: WaveMachine[] = [];
  const nameOf = applicationOf(machines, by);
  for (const machine of machines) {
    const name = nameOf(machine);
    if (name === null) alone.push(machine);
    else {
      const others = named.get(name);
      if (others === undefined) named.set(name, [machine]);
      else others.push(machine);
    }
  }
  const group = (name: string | null, own: readonly WaveMachine[]): Group => ({
    name,
    machines: [...own].sort((a, b) => a.bytes - b.bytes),
    isCritical: tellsCritical && own.some(isCritical),
    isReady: own.every(({ isReady }) => isReady),
    isWhole: true,
    bytes: own.reduce((sum, { bytes }) => sum + bytes, 0),
  });
  return [...[...named].map(([name, own]) => group(name, own)), ...alone.map((one) => group(null, [one]))];
}

/** What is alike stays as it came: a name would put machines into other waves that are the same but for it. */
function inOrder(a: Group, b: Group): number {
  return Number(a.isCritical) - Number(b.isCritical) || Number(b.isReady) - Number(a.isReady) || a.bytes - b.bytes;
}

/** Whole applications where small ones are ready; else single machines that are. Critical ones only where there are no others. */
function pilotOf(groups: readonly Group[], limits: Limits): Group[] {
  const total = groups.reduce((sum, { machines }) => sum + machines.length, 0);
  const most = Math.min(limits.pilotMachines, limits.mostMachines);
  if (most === 0 || total <= most) return [];
  const harmless = groups.filter(({ isCritical: is }) => !is);
  const asked = harmless.length > 0 ? harmless : groups;
  const whole = asked.filter(({ isReady, isWhole }) => isReady && isWhole);
  const single = asked.flatMap((group) => {
    const machine = group.machines.find(({ isReady }) => isReady);
    return machine === undefined
      ? []
      : [{ ...group, name: null, machines: [machine], bytes: machine.bytes, isReady: true }];
  });
  const pilotLimits = { ...limits, mostMachines: most };
  const chosen = fitting(whole, pilotLimits);
  return chosen.length > 0 ? chosen : fitting(single, pilotLimits);
}

/** As many as one wave has room for, one after another. */
function fitting(groups: readonly Group[], limits: Limits): Group[] {
  const wave = new Wave(limits, 'pilot');
  return groups.filter((group) => {
    if (!wave.hasRoomFor(group)) return false;
    wave.add(group);
    return true;
  });
}

/** Null where none of it is in. */
function partOf(group: Group, isIn: (machine: WaveMachine) => boolean): Group | null {
  const machines = group.machines.filter(isIn);
  if (machines.length === 0) return null;
  if (machines.length === group.machines.length) return group;
  return { ...group, machines, isWhole: false, bytes: machines.reduce((sum, { bytes }) => sum + bytes, 0) };
}

const singly = (group: Group | null): Group[] =>
  group === null ? [] : group.machines.map((machine) => ({ ...group, machines: [machine], bytes: machine.bytes }));

/** Knows how long it takes as machines come to it: each goes to the lane that is idle first. */
class Wave {
  readonly kind: Kind;
  readonly names = new Map<string, number>();
  readonly #limits: Limits;
  readonly #machines: WaveMachine[] = [];
  #lanes: number[];
  #isCritical = false;
  #bytes = 0;

  constructor(limits: Limits, kind: Kind) {
    this.#limits = limits;
    this.kind = kind;
    this.#lanes = Array.from({ length: Math.max(1, limits.atOnce) }, () => 0);
  }

  get isEmpty(): boolean {
    return this.#machines.length === 0;
  }

  /** Those that take longer than the window begin all at once: none waits for another. */
  hasRoomFor({ machines }: Group): boolean {
    const { mostMachines, windowSeconds } = this.#limits;
    const count = this.#machines.length + machines.length;
    if (count > mostMachines) return false;
    if (this.kind === 'long') return count <= this.#lanes.length;
    return windowSeconds === null || Math.max(...this.#with(machines)) <= windowSeconds;
  }

  add(group: Group): void {
    this.#lanes = this.#with(group.machines);
    this.#machines.push(...group.machines);
    this.#bytes += group.bytes;
    this.#isCritical ||= group.isCritical;
    if (group.name !== null) this.names.set(group.name, (this.names.get(group.name) ?? 0) + group.machines.length);
  }

  told(number: number, whyDivided: (name: string) => Divided | null): ProposedWave {
    const { bytesPerSecond, atOnce } = this.#limits;
    const forecast = forecastSeconds([this.#machines.map(({ bytes }) => bytes)], bytesPerSecond, atOnce);
    return {
      number,
      isPilot: this.kind === 'pilot',
      refs: this.#machines.map(({ ref }) => ref),
      bytes: this.#bytes,
      // Two orders of the same machines: neither is always the faster one.
      seconds: Math.min(forecast, Math.max(...this.#lanes)),
      why: this.#why(whyDivided),
    };
  }

  #with(machines: readonly WaveMachine[]): number[] {
    const lanes = [...this.#lanes];
    for (let at = machines.length - 1; at >= 0; at--) {
      const idlest = lanes.indexOf(Math.min(...lanes));
      lanes[idlest] = (lanes[idlest] ?? 0) + (machines[at]?.bytes ?? 0) / this.#limits.bytesPerSecond;
    }
    return lanes;
  }

  #why(whyDivided: (name: string) => Divided | null): string {
    const names = [...this.names].sort(([, a], [, b]) => b - a);
    const together = names.filter(([, count]) => count > 1);
    const shown = together.slice(0, MOST_NAMED).map(([name, count]) => `“${name}” (${count})`);
    const more = together.length - shown.length;
    const divided = (by: Divided, why: string): string[] =>
      names.flatMap(([name]) => (whyDivided(name) === by ? [`“${name}” is divided, as ${why}.`] : []));
    return [
      this.#whyHere(),
      ...(shown.length === 0 ? [] : [`Together: ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`]),
      ...divided('room', 'it is more than a wave has room for'),
      ...divided('window', 'some of it takes longer than the window is open'),
    ].join(' ');
  }

  #whyHere(): string {
    const { knowsReadiness = true, tellsCritical } = this.#limits;
    if (this.kind === 'long')
      return this.#machines.length === 1
        ? 'It takes longer than the window is open, so nothing else is in this wave.'
        : 'Each of these takes longer than the window is open, so nothing else is in this wave.';
    if (this.kind === 'pilot') {
      const critical = !tellsCritical
        ? 'most of all look critical, so that is no guide'
        : `${this.#isCritical ? 'all' : 'none'} of them ${this.#isCritical ? 'look' : 'looks'} critical`;
      return `The pilot: small machines${knowsReadiness ? ' of which no rule warns' : ''}; ${critical}.`;
    }
    if (this.#isCritical) return 'With machines that look critical, so it comes late.';
    if (!knowsReadiness) return 'From small to large.';
    return this.#machines.every(({ isReady }) => isReady)
      ? 'Machines of which no rule warns.'
      : 'Machines of some of which rules warn.';
  }
}
