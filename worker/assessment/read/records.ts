/** Rows of a table by what their columns are called: finds the headings, and tells of each cell that it cannot read. */
import { dateOf, flagOf, numberOf, textOf, type Meant } from './cells.ts';
import type { Row, Table, Wanted } from './table.ts';
import type { Warnings } from './warnings.ts';

export interface Column {
  /** In the plain form of `plainName`, the best first; with the tab’s name before it where it means something else without. */
  readonly names: readonly string[];
  /** The last column of that name counts: whoever adds columns of his own puts them before it. */
  readonly isLast?: true;
}

export interface Tab<Field extends string> {
  /** As RVTools calls it. */
  readonly name: string;
  /** Without this, a row says nothing. */
  readonly key: Field;
  readonly columns: Readonly<Record<Field, Column>>;
  /** What a size without a unit in its heading is in; left out for MiB. */
  readonly unit?: 'b';
}

/** How large a `MB` of this file is. */
export interface Units {
  megabyte: number;
}

const MiB = 1024 * 1024;
const SIZES: Readonly<Record<string, number>> = {
  kib: 1024,
  b: 1,
  kb: 1024,
  mib: MiB,
  gib: 1024 * MiB,
  gb: 1024 * MiB,
  tib: MiB * MiB,
  tb: MiB * MiB,
};
const MOST_ROWS_BEFORE_HEADINGS = 50;
/** A row that has so many of them is headings, and nothing else. */
const ENOUGH_HEADINGS = 3;

/** Without blanks, case and marks: `# CPUs` → `numcpus`. */
export const plainName = (heading: string): string =>
  heading
    .slice(0, 200)
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll('#', 'num')
    .replaceAll('%', 'percent')
    .replaceAll(/[^\p{L}\p{N}]/gu, '');

export interface Heading {
  readonly index: number;
  /** As the file has it. */
  readonly written: string;
  readonly unit: string | null;
}

/** Without the name of the tab that may stand before it: `vInfoVMName`. */
function bareName(plain: string, { name }: Pick<Tab<string>, 'name'>): string {
  const prefix = name.toLowerCase();
  return plain.startsWith(prefix) && plain.length > prefix.length ? plain.slice(prefix.length) : plain;
}

/** The columns that a row of headings names. @param tab whose name may stand before each */
export function headingsIn<Field extends string>(
  row: Row,
  tab: Pick<Tab<Field>, 'name' | 'columns'>,
): Map<Field, Heading> {
  const plain = new Map<string, Heading[]>();
  for (const [index, cell] of row.cells.entries()) {
    if (typeof cell !== 'string' || cell === '') continue;
    const whole = plainName(cell);
    const name = bareName(whole, tab);
    const [, unit] = /(kib|kb|mib|mb|gib|gb|tib|tb)$/.exec(name) ?? [];
    const keys = [
      name,
      ...(name === whole ? [] : [whole]),
      ...(unit === undefined ? [] : [name.slice(0, -unit.length)]),
    ];
    for (const key of keys) {
      const heading = { index, written: cell.trim(), unit: unit ?? null };
      const same = plain.get(key);
      if (same === undefined) plain.set(key, [heading]);
      else same.push(heading);
    }
  }
  const found = new Map<Field, Heading>();
  for (const [field, { names, isLast }] of Object.entries<Column>(tab.columns)) {
    const name = names.find((one) => plain.has(one));
    const heading = name === undefined ? undefined : plain.get(name)?.at(isLast === true ? -1 : 0);
    if (heading !== undefined) found.set(field as Field, heading); // the keys of `columns` are the fields
  }
  return found;
}

/** A row by the names of its fields; of a field that the table lacks, null. */
export interface Reading<Field extends string> {
  readonly tabName: string;
  has(field: Field): boolean;
  text(row: Row, field: Field): string | null;
  /** A whole number from 0. */
  count(row: Row, field: Field): number | null;
  /** A size, in the unit of its heading. */
  bytes(row: Row, field: Field): number | null;
  flag(row: Row, field: Field): boolean | null;
  /** What one of a few words means; null for an empty cell and, with a warning, for a word that is none of them. */
  meaning<T>(row: Row, field: Field, of: (word: string) => T | undefined): T | null;
  date(row: Row, field: Field): Date | null;
}

export class Records<Field extends string> implements Reading<Field> {
  readonly tabName: string;
  readonly #tab: Tab<Field>;
  readonly #table: Table;
  readonly #warnings: Warnings;
  readonly #units: Units;
  readonly #onHeadings: (headings: ReadonlyMap<Field, Heading>) => void;
  /** What any of its columns is called. */
  readonly #names: ReadonlySet<string>;
  #headings: ReadonlyMap<Field, Heading> = new Map();
  #headingsRow = 0;

  /** @param onHeadings is told before the first row, and where others follow further down; not at all where there are none */
  constructor(
    table: Table,
    tab: Tab<Field>,
    {
      warnings,
      units,
      onHeadings,
    }: { warnings: Warnings; units: Units; onHeadings: (headings: ReadonlyMap<Field, Heading>) => void },
  ) {
    this.#table = table;
    this.#tab = tab;
    this.tabName = tab.name;
    this.#names = new Set(Object.values<Column>(tab.columns).flatMap(({ names }) => names));
    this.#warnings = warnings;
    this.#units = units;
    this.#onHeadings = onHeadings;
  }

  /** Tells each row that has something under its key. @returns false where no row has its headings */
  async each(tell: (record: Row) => void, signal: AbortSignal): Promise<boolean> {
    const again = await this.#readFrom(0, tell, signal);
    // The columns of other headings may have been left out of the rows: these are read anew, with all columns.
    if (again !== null) await this.#readFrom(again, tell, signal);
    return this.#headings.size > 0;
  }

  /** @returns the number of a row of other headings, from which the table is to be read anew; null where all was told */
  async #readFrom(first: number, tell: (record: Row) => void, signal: AbortSignal): Promise<number | null> {
    const wanted: Wanted = { columns: null };
    let waiting: Row[] | null = first === 0 ? [] : null;
    for await (const rows of this.#table.rows(wanted, signal)) {
      if (waiting === null) {
        for (const row of rows) {
          if (row.number >= first && !this.#take(row, tell, wanted.columns === null)) return row.number;
        }
        continue;
      }
      waiting.push(...rows);
      if (waiting.length >= MOST_ROWS_BEFORE_HEADINGS) {
        if (!this.#begin(waiting, tell)) return null;
        waiting = null;
        wanted.columns = new Set([...this.#headings.values()].map(({ index }) => index));
      }
    }
    if (waiting !== null) this.#begin(waiting, tell);
    return null;
  }

  /** Finds the headings among the first rows, and tells those behind them. */
  #begin(rows: readonly Row[], tell: (record: Row) => void): boolean {
    const found = rows
      .slice(0, MOST_ROWS_BEFORE_HEADINGS)
      .map((row, index) => ({ row, index, headings: headingsIn(row, this.#tab) }))
      .filter(({ headings }) => headings.has(this.#tab.key));
    const enough = Math.min(ENOUGH_HEADINGS, Math.max(...found.map(({ headings }) => headings.size)));
    const first = found.find(({ headings }) => headings.size >= enough);
    if (first === undefined) return false;
    this.#goBy(first.headings, first.row);
    for (const row of rows.slice(first.index + 1)) this.#take(row, tell, true);
    return true;
  }

  #goBy(headings: ReadonlyMap<Field, Heading>, row: Row): void {
    this.#headings = headings;
    this.#headingsRow = row.number;
    this.#onHeadings(headings);
  }

  /**
   * Tells a row; or goes by it, where it is other headings than those before, as where files were put together.
   * @returns false where it is, and columns may have been left out
   */
  #take(row: Row, tell: (record: Row) => void, isWhole: boolean): boolean {
    const headings = this.#mayBeHeadings(row) ? headingsIn(row, this.#tab) : null;
    if (headings === null || !this.#areHeadings(headings)) this.#tell(row, tell);
    else if (!this.#isRepeated(headings, row)) {
      if (!isWhole) return false;
      this.#goBy(headings, row);
    }
    return true;
  }

  /** Looks at few cells, for it is asked of every row. */
  #mayBeHeadings({ cells }: Row): boolean {
    const heading = this.#headings.get(this.#tab.key);
    if (heading === undefined) return false;
    const key = cells[heading.index];
    if (typeof key === 'string') {
      if (/\d/.test(key)) return false; // most names of machines have one, and no heading that comes first
      if (this.#names.has(bareName(plainName(key), this.#tab))) return true;
    }
    return cells.includes(heading.written);
  }

  #areHeadings(headings: ReadonlyMap<Field, Heading>): boolean {
    return headings.has(this.#tab.key) && headings.size >= Math.min(ENOUGH_HEADINGS, this.#headings.size);
  }

  /** All of them again, or right below them a part, as where cells are merged. */
  #isRepeated(headings: ReadonlyMap<Field, Heading>, row: Row): boolean {
    if (headings.size < this.#headings.size && row.number !== this.#headingsRow + 1) return false;
    for (const [field, { index, unit }] of headings) {
      const before = this.#headings.get(field);
      if (before?.index !== index || before.unit !== unit) return false;
    }
    return true;
  }

  #tell(row: Row, tell: (record: Row) => void): void {
    const heading = this.#headings.get(this.#tab.key);
    if (heading === undefined) return;
    const key = textOf(row.cells[heading.index]);
    if (key !== null && key !== undefined) tell(row);
    else if (row.cells.some((cell, index) => cell !== undefined && cell !== null && this.#isOurs(index)))
      this.#warnings.add(
        `${this.#tab.name}: rows without a name`,
        `${this.#tab.name}, row ${row.number}: nothing stands under “${heading.written}”, so the row is left out.`,
      );
  }

  #isOurs(index: number): boolean {
    for (const heading of this.#headings.values()) if (heading.index === index) return true;
    return false;
  }

  has(field: Field): boolean {
    return this.#headings.has(field);
  }

  text(row: Row, field: Field): string | null {
    return this.#read(row, field, textOf, 'cannot be read');
  }

  count(row: Row, field: Field): number | null {
    const value = this.#read(row, field, numberOf, 'is no number');
    return value === null ? null : Math.max(0, Math.round(value));
  }

  bytes(row: Row, field: Field): number | null {
    const value = this.#read(row, field, numberOf, 'is no size');
    if (value === null) return null;
    const unit = this.#headings.get(field)?.unit ?? this.#tab.unit ?? 'mib';
    const size = Math.round(value * (unit === 'mb' ? this.#units.megabyte : (SIZES[unit] ?? MiB)));
    if (size >= 0 && size <= Number.MAX_SAFE_INTEGER) return size;
    this.#warn(row, field, 'is no size');
    return null;
  }

  flag(row: Row, field: Field): boolean | null {
    return this.#read(row, field, flagOf, 'is neither yes nor no');
  }

  meaning<T>(row: Row, field: Field, of: (word: string) => T | undefined): T | null {
    const meant = (cell: Row['cells'][number]): Meant<T> => {
      const word = textOf(cell);
      return typeof word === 'string' ? of(word) : word;
    };
    return this.#read(row, field, meant, 'is no word that Guts knows');
  }

  date(row: Row, field: Field): Date | null {
    return this.#read(row, field, dateOf, 'is no date');
  }

  #read<T>(row: Row, field: Field, meant: (cell: Row['cells'][number]) => Meant<T>, objection: string): T | null {
    const heading = this.#headings.get(field);
    if (heading === undefined) return null;
    const value = meant(row.cells[heading.index]);
    if (value !== undefined) return value;
    this.#warn(row, field, objection);
    return null;
  }

  #warn(row: Row, field: Field, objection: string): void {
    const heading = this.#headings.get(field);
    if (heading === undefined) return;
    const cell = row.cells[heading.index];
    const held =
      cell !== null && typeof cell === 'object' && 'unreadable' in cell
        ? cell.unreadable
        : `“${String(cell).slice(0, 60)}”`;
    this.#warnings.add(
      `${this.#tab.name}, column “${heading.written}”`,
      `${this.#tab.name}, row ${row.number}, column “${heading.written}”: ${held} ${objection}.`,
    );
  }
}
