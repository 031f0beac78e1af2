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
  readonly bytes: number;
}

/** Names of applications that a sentence holds. */
const MOST_NAMED = 4;

/**
 * Machines of one application stay in one wave as long as a wave has room for them. The pilot has small applications that are
 * ready and not critical; after it come the others from small to large, those that are critical last.
 */
export function proposeWaves(machines: readonly WaveMachine[], wishes: WaveLimits): ProposedWave[] {
  const limits: Limits = { ...wishes, tellsCritical: machines.filter(isCritical).length * 2 <= machines.length };
  const groups = groupsOf(machines, limits).sort(inOrder);
  const pilot = pilotOf(groups, limits);
  const inPilot = new Set(pilot.flatMap((group) => group.machines));
  const waves: Wave[] = [];
  if (inPilot.size > 0) {
    const wave = new Wave(limits, true);
    for (const group of pilot) wave.add(group);
    waves.push(wave);
  }
  let open = new Wave(limits, false);
  const close = (): void => {
    if (open.isEmpty) return;
    waves.push(open);
    open = new Wave(limits, false);
  };
  for (const group of groups) {
    const left = withoutThose(group, inPilot);
    if (left === null) continue;
    if (open.hasRoomFor(left)) {
      open.add(left);
      continue;
    }
    if (new Wave(limits, false).hasRoomFor(left)) {
      close();
      open.add(left);
      continue;
    }
    // More than any wave has room for: it is divided, and each part says so.
    close();
    for (const machine of left.machines) {
      const one = { ...left, machines: [machine], bytes: machine.bytes };
      if (!open.hasRoomFor(one)) close();
      open.add(one, left.machines.length > 1);
    }
  }
  close();
  return waves.map((wave, index) => wave.told(index + 1));
}

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
  const whole = asked.filter(({ isReady }) => isReady);
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
  const wave = new Wave(limits, true);
  return groups.filter((group) => {
    if (!wave.hasRoomFor(group)) return false;
    wave.add(group);
    return true;
  });
}

function withoutThose(group: Group, taken: ReadonlySet<WaveMachine>): Group | null {
  const machines = group.machines.filter((machine) => !taken.has(machine));
  if (machines.length === 0) return null;
  return { ...group, machines, bytes: machines.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** Knows how long it takes as machines come to it: each goes to the lane that is idle first. */
class Wave {
  readonly #limits: Limits;
  readonly #isPilot: boolean;
  readonly #machines: WaveMachine[] = [];
  readonly #names = new Map<string, number>();
  readonly #divided = new Set<string>();
  #lanes: number[];
  #isCritical = false;
  #bytes = 0;

  constructor(limits: Limits, isPilot: boolean) {
    this.#limits = limits;
    this.#isPilot = isPilot;
    this.#lanes = Array.from({ length: Math.max(1, limits.atOnce) }, () => 0);
  }

  get isEmpty(): boolean {
    return this.#machines.length === 0;
  }

  /** Beside a machine that takes longer than the window anyway, others do as long as they end no later than that one. */
  hasRoomFor({ machines }: Group): boolean {
    const { mostMachines, windowSeconds, bytesPerSecond } = this.#limits;
    if (this.#machines.length + machines.length > mostMachines) return false;
    if (windowSeconds === null) return true;
    const longest = (all: readonly WaveMachine[]): number =>
      all.reduce((most, { bytes }) => Math.max(most, bytes / bytesPerSecond), 0);
    const isLong = !this.#isPilot && longest(this.#machines) > windowSeconds;
    const most = isLong ? Math.max(longest(this.#machines), longest(machines)) : windowSeconds;
    return Math.max(...this.#with(machines)) <= most;
  }

  add(group: Group, isPart = false): void {
    this.#lanes = this.#with(group.machines);
    this.#machines.push(...group.machines);
    this.#bytes += group.bytes;
    this.#isCritical ||= group.isCritical;
    if (group.name === null) return;
    this.#names.set(group.name, (this.#names.get(group.name) ?? 0) + group.machines.length);
    if (isPart) this.#divided.add(group.name);
  }

  told(number: number): ProposedWave {
    const { bytesPerSecond, atOnce } = this.#limits;
    const seconds = forecastSeconds([this.#machines.map(({ bytes }) => bytes)], bytesPerSecond, atOnce);
    return {
      number,
      isPilot: this.#isPilot,
      refs: this.#machines.map(({ ref }) => ref),
      bytes: this.#bytes,
      seconds,
      why: this.#why(seconds),
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

  #why(seconds: number): string {
    const { windowSeconds, knowsReadiness = true, tellsCritical } = this.#limits;
    const isReady = this.#machines.every((one) => one.isReady);
    const first = this.#isPilot
      ? `The pilot: small machines${knowsReadiness ? ' of which no rule warns' : ''}${
          !tellsCritical
            ? '; most of all look critical, so that is no guide'
            : this.#isCritical
              ? '; all of them look critical'
              : '; none of them looks critical'
        }.`
      : this.#isCritical
        ? 'With machines that look critical, so it comes late.'
        : !knowsReadiness
          ? 'From small to large.'
          : isReady
            ? 'Machines of which no rule warns.'
            : 'Machines of some of which rules warn.';
    const names = [...this.#names].sort(([, a], [, b]) => b - a);
    const shown = names.slice(0, MOST_NAMED).map(([name, count]) => `“${name}” (${count})`);
    const more = names.length - shown.length;
    const together = shown.length === 0 ? '' : ` Together: ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`;
    const divided =
      this.#divided.size === 0
        ? ''
        : ` ${[...this.#divided].map((name) => `“${name}”`).join(', ')} is more than a wave has room for, and is divided.`;
    const isLong = windowSeconds !== null && seconds > windowSeconds;
    return `${first}${together}${divided}${isLong ? ' It takes longer than the window is open.' : ''}`;
  }
}
