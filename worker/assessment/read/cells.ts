/** What cells mean: numbers, yes and no, and dates as spreadsheets write them in the languages of their users. */
import type { Cell } from './table.ts';

/** Undefined where the cell is none of that; null where it is empty. */
export type Meant<T> = T | null | undefined;

export function textOf(cell: Cell | undefined): Meant<string> {
  if (cell === null || cell === undefined) return null;
  if (typeof cell === 'string') return cell.trim() === '' ? null : cell.trim();
  if (cell instanceof Date) return cell.toISOString();
  return typeof cell === 'object' ? undefined : String(cell);
}

/**
 * A number, also as text with points, commas, blanks or apostrophes in it. A single mark with three digits behind it parts
 * thousands, since the quantities of these files are whole; any other is a decimal mark.
 */
export function numberOf(cell: Cell | undefined): Meant<number> {
  if (cell === null || cell === undefined) return null;
  if (typeof cell === 'number') return Number.isFinite(cell) ? cell : undefined;
  if (typeof cell !== 'string') return undefined;
  const text = cell.normalize('NFKC').trim();
  if (text === '' || text === '-' || /^n\/?a$/i.test(text)) return null;
  if (text.length > 40) return undefined;
  const bare = text.replaceAll(/[\s'’_]/g, '');
  if (/^[-+]?\d+$/.test(bare) || /^[-+]?\d*\.?\d+e[-+]?\d{1,3}$/i.test(bare)) return finite(Number(bare));
  if (!/^[-+]?[\d.,]+$/.test(bare) || !/\d/.test(bare)) return undefined;
  const [sign = '', digits = ''] = /^[-+]/.test(bare) ? [bare.slice(0, 1), bare.slice(1)] : ['', bare];
  const mark = decimalMarkIn(digits);
  if (mark === undefined) return undefined;
  const whole = mark === null ? digits : digits.slice(0, digits.lastIndexOf(mark));
  const part = mark === null ? '' : digits.slice(digits.lastIndexOf(mark) + 1);
  if (!isGrouped(whole)) return undefined;
  return finite(Number(`${sign}${whole.replaceAll(/[.,]/g, '') || '0'}.${part || '0'}`));
}

const finite = (value: number): number | undefined => (Number.isFinite(value) ? value : undefined);

/** Null where all marks part thousands; undefined where they make no sense. */
function decimalMarkIn(digits: string): '.' | ',' | null | undefined {
  const points = digits.split('.').length - 1;
  const commas = digits.split(',').length - 1;
  if (points > 0 && commas > 0) {
    const last = digits.lastIndexOf('.') > digits.lastIndexOf(',') ? '.' : ',';
    return (last === '.' ? points : commas) === 1 ? last : undefined;
  }
  if (points + commas > 1) return null;
  const mark = points === 1 ? '.' : ',';
  return /^[1-9]\d{0,2}[.,]\d{3}$/.test(digits) ? null : mark;
}

/** Groups of three behind the first, all with the same mark. */
const isGrouped = (whole: string): boolean => /^\d*$|^\d{1,3}(?:(?:\.\d{3})+|(?:,\d{3})+)$/.test(whole);

const YES = new Set(
  'true yes 1 y x on enabled accept wahr ja vrai oui verdadero si sí vero sì waar verdadeiro sim prawda tak истина да 是'.split(
    ' ',
  ),
);
const NO = new Set(
  'false no 0 n off disabled reject falsch nein faux non falso onwaar nee não nao fałsz nie ложь нет 否'.split(' '),
);

export function flagOf(cell: Cell | undefined): Meant<boolean> {
  if (cell === null || cell === undefined) return null;
  if (typeof cell === 'boolean') return cell;
  if (typeof cell === 'number') return cell === 0 || cell === 1 ? cell === 1 : undefined;
  const text = textOf(cell)?.toLowerCase();
  if (text === undefined) return undefined;
  if (YES.has(text)) return true;
  return NO.has(text) ? false : undefined;
}

const DATE =
  /^(\d{1,4})([-/.])\s?(\d{1,2})\2\s?(\d{1,4})(?:[T,\s]+(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?(?:\.\d+)?\s*([ap])?\.?m?\.?)?\s*(Z|[+-]\d\d:?\d\d)?$/i;

/** A moment, as UTC where the text says no time zone. With slashes, the month comes first unless that cannot be. */
export function dateOf(cell: Cell | undefined): Meant<Date> {
  if (cell === null || cell === undefined) return null;
  if (cell instanceof Date) return cell;
  if (typeof cell === 'number') return serialDate(cell);
  if (typeof cell !== 'string') return undefined;
  const text = cell.normalize('NFKC').trim();
  if (text === '') return null;
  const [, first = '', mark, second = '', third = '', hour = '0', minute = '0', second60 = '0', half, zone] =
    text.length > 60 ? [] : (DATE.exec(text) ?? []);
  if (mark === undefined) return undefined;
  const isYearFirst = first.length === 4;
  if (!isYearFirst && third.length !== 4 && third.length !== 2) return undefined;
  const year = Number(isYearFirst ? first : third.length === 2 ? `20${third}` : third);
  const isDayFirst = !isYearFirst && (mark !== '/' || Number(first) > 12) && !(Number(second) > 12);
  const month = Number(isYearFirst || isDayFirst ? second : first);
  const day = Number(isYearFirst ? third : isDayFirst ? first : second);
  const hours = half === undefined ? Number(hour) : (Number(hour) % 12) + (/p/i.test(half) ? 12 : 0);
  if (month < 1 || month > 12 || day < 1 || day > 31 || hours > 24 || year < 1900 || year > 9999) return undefined;
  const local = Date.UTC(year, month - 1, day, hours, Number(minute), Number(second60));
  const date = new Date(local - offsetMs(zone));
  return Number.isNaN(date.getTime()) || new Date(local).getUTCDate() !== day ? undefined : date;
}

function offsetMs(zone: string | undefined): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)$/.exec(zone ?? '') ?? [];
  return sign === undefined ? 0 : (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

/** Days since the end of 1899, where a date was saved as a bare number; anything before 1990 is none. */
function serialDate(days: number): Date | undefined {
  return days > 32_874 && days < 100_000
    ? new Date(Date.UTC(1899, 11, 30) + Math.round(days * 86_400) * 1000)
    : undefined;
}
