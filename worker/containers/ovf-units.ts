/** The units that OVF counts memory and disk capacity in. */
import { DamagedContainerError } from './errors.ts';
import { known } from './hardware.ts';

/** Words that older packages use instead of a formula. */
const WORDS: Readonly<Record<string, number>> = {
  byte: 1,
  bytes: 1,
  kb: 2 ** 10,
  kilobytes: 2 ** 10,
  mb: 2 ** 20,
  megabytes: 2 ** 20,
  gb: 2 ** 30,
  gigabytes: 2 ** 30,
  tb: 2 ** 40,
  terabytes: 2 ** 40,
};

/**
 * How many bytes `byte * 2^20`, `byte*10^9`, `byte * 512` or `MegaBytes` are.
 * @see DMTF DSP0004, annex on programmatic units
 */
export function allocationUnit(text: string, container: string): number {
  const plain = text.replace(/\s+/g, '').toLowerCase();
  const word = known(WORDS, plain);
  if (word !== undefined) return word;
  const formula = /^bytes?((?:\*[0-9]{1,10}(?:\^[0-9]{1,2})?){1,4})$/.exec(plain);
  const unit = formula?.[1]
    ?.slice(1)
    .split('*')
    .map((factor) => factor.split('^').map(Number))
    .reduce((product, [base = 1, power = 1]) => product * base ** power, 1);
  if (unit === undefined || !Number.isSafeInteger(unit) || unit <= 0) {
    throw new DamagedContainerError(`“${container}” counts in “${text.slice(0, 60)}”, which is no unit of OVF.`);
  }
  return unit;
}
