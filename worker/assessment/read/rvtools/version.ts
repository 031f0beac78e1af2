/** Which RVTools wrote an export and when, and what it means by MB. */
import type { Heading, Units } from '../records.ts';

const MiB = 1024 * 1024;

export class Version {
  product: string | null = null;
  takenAt: Date | null = null;
  /** From 4.1 on, headings say MiB; before, they say MB and mean MiB. */
  #saysMebibytes = false;

  note(version: string | null, takenAt: Date | null): void {
    if (version !== null && this.product === null) {
      this.product = `RVTools ${version.slice(0, 40)}`;
      const [, major = '0', minor = '0'] = /^(\d+)\.(\d+)/.exec(version) ?? [];
      this.#saysMebibytes = Number(major) > 4 || (Number(major) === 4 && Number(minor) >= 1);
    }
    if (takenAt !== null && (this.takenAt === null || takenAt < this.takenAt)) this.takenAt = takenAt;
  }

  /** Settles what a MB is in a tab with these headings. */
  settle(units: Units, headings: ReadonlyMap<string, Heading>): void {
    if ([...headings.values()].some(({ unit }) => unit === 'mib')) this.#saysMebibytes = true;
    units.megabyte = this.#saysMebibytes ? 1_000_000 : MiB;
  }
}

/** The headings in MB that do not mean MiB, for somebody has made them who is not RVTools. */
export const decimalIn = (units: Units, headings: ReadonlyMap<string, Heading>): string[] =>
  units.megabyte === MiB
    ? []
    : [...headings.values()].filter(({ unit }) => unit === 'mb').map(({ written }) => written);
