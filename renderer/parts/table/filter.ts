/**
 * What is typed into a filter: plain words, which all have to stand somewhere in the row, and words about one column:
 * `os:windows`, `disk>500`, `memory<=8gib`, `power=on`. Quotes keep words together.
 */
import { textOf } from './cells.ts';
import type { Column } from './column.ts';

type Test<Row> = (row: Row) => boolean;
type Sign = ':' | '=' | '>' | '<' | '>=' | '<=';

const CONDITION = /^([^\s":=<>]+)(>=|<=|[:=<>])(.*)$/;
const POWERS = ['b', 'k', 'm', 'g', 't', 'p'];

/** @param searchText all words of a row, in lower case */
export function filterOf<Row>(
  typed: string,
  columns: readonly Column<Row>[],
  searchText: (row: Row) => string,
): Test<Row> {
  const tests = tokensOf(typed).flatMap((token) => {
    const test = columnTest(token, columns) ?? wordTest(unquoted(token), searchText);
    return test === 'anything' ? [] : [test];
  });
  return (row) => tests.every((test) => test(row));
}

const tokensOf = (typed: string): string[] =>
  [...typed.toLowerCase().matchAll(/(?:[^\s"]|"[^"]*"?)+/g)].map(([token]) => token);

/** What is asked for as a column, and is none: `foo` of `foo:bar`. */
export const unknownColumns = <Row>(typed: string, columns: readonly Column<Row>[]): string[] =>
  tokensOf(typed).flatMap((token) => {
    const name = CONDITION.exec(token)?.[1];
    return name === undefined || columnNamed(name, columns) !== undefined ? [] : [name];
  });

/** As they can be typed, in the language of the window. */
export const columnNames = <Row>(columns: readonly Column<Row>[]): string[] =>
  columns.map(({ title }) => joined(title)).filter((name) => name !== '');

const unquoted = (text: string): string => text.replaceAll('"', '');

const wordTest = <Row>(word: string, searchText: (row: Row) => string): Test<Row> | 'anything' =>
  word === '' ? 'anything' : (row) => searchText(row).includes(word);

/** Null where the word is about no column that there is. */
function columnTest<Row>(token: string, columns: readonly Column<Row>[]): Test<Row> | 'anything' | null {
  const [, name, sign, rest] = CONDITION.exec(token) ?? [];
  if (name === undefined || sign === undefined || rest === undefined) return null;
  const column = columnNamed(name, columns);
  if (column === undefined) return null;
  const wanted = unquoted(rest);
  if (wanted === '') return 'anything'; // it is still being typed
  const number = numberOf(wanted, column.unit);
  return (row) => fits(column, row, sign as Sign, wanted, number); // one of those that the expression knows
}

/** By its very name, else by its singular or plural: `tag:` means `tags:`. */
const columnNamed = <Row>(name: string, columns: readonly Column<Row>[]): Column<Row> | undefined =>
  columns.find((one) => namesOf(one).includes(name)) ??
  columns.find((one) => namesOf(one).some((known) => stemOf(known) === stemOf(name)));

const namesOf = <Row>({ id, title, also = [] }: Column<Row>): string[] => [id.toLowerCase(), joined(title), ...also];

const joined = (title: string): string => title.toLowerCase().replaceAll(/\s+/g, '');

/** Without the ending of a plural, English or German; short words have none. */
const stemOf = (name: string): string => (name.length < 4 ? name : name.replace(/(?:s|en|e)$/, ''));

/** `1.5`, and `8gib` or `512m` of what is counted in bytes. */
function numberOf(wanted: string, unit: number | undefined): number | null {
  const [, figure, power] = /^(-?\d+(?:[.,]\d+)?)([bkmgtp])?(?:i?b)?$/.exec(wanted) ?? [];
  if (figure === undefined) return null;
  const number = Number(figure.replace(',', '.'));
  if (power === undefined) return number * (unit ?? 1);
  return unit === undefined ? null : number * 1024 ** POWERS.indexOf(power);
}

function fits<Row>(column: Column<Row>, row: Row, sign: Sign, wanted: string, number: number | null): boolean {
  if (sign === ':') return textOf(column, row).toLowerCase().includes(wanted);
  const value = column.value(row);
  if (value === null) return false;
  if (typeof value === 'number' && number !== null) return compared(value - number, sign);
  if (sign === '=') return textOf(column, row).toLowerCase() === wanted || String(value).toLowerCase() === wanted;
  return typeof value === 'string' && compared(value.toLowerCase() < wanted ? -1 : 1, sign); // moments, for instance
}

function compared(difference: number, sign: Sign): boolean {
  if (sign === '>') return difference > 0;
  if (sign === '<') return difference < 0;
  if (sign === '>=') return difference >= 0;
  return sign === '<=' ? difference <= 0 : difference === 0;
}
