/** What stands for what in an estate without names: the same for the same everywhere. */
import { isLinkLocal } from '../../main/shared/proposals/address.ts';
import { isSharedMac } from '../../main/shared/proposals/floating.ts';

const FIRST_LETTER = 97;
/** Of a shared MAC: all but the group’s number. */
const SHARED_LETTERS = '00:00:5e:00:01'.length;

export class Pseudonyms {
  readonly #known = new Map<string, Map<string, number>>();

  of(kind: string, name: string): string {
    return `${kind}-${String(this.#number(kind, name)).padStart(5, '0')}`;
  }

  orNull(kind: string, name: string | null): string | null {
    return name === null ? null : this.of(kind, name);
  }

  /** Of an application, in letters alone: names of machines begin with it, folders and tags are called so. */
  application(name: string): string {
    let number = this.#number('application', name) - 1;
    let letters = '';
    do {
      letters = String.fromCodePoint(FIRST_LETTER + (number % 26)) + letters;
      number = Math.floor(number / 26) - 1;
    } while (number >= 0);
    return `group${letters}`;
  }

  /** That of a virtual router stays one, of another group. */
  mac(mac: string | null): string | null {
    if (mac === null) return null;
    if (isSharedMac(mac)) {
      const shared = mac.slice(0, SHARED_LETTERS);
      return [shared, ...bytesOf(this.#number(shared, mac), 1).map(twoDigits)].join(':');
    }
    return ['02', '00', ...bytesOf(this.#number('mac', mac), 4).map(twoDigits)].join(':');
  }

  uuid(uuid: string | null): string | null {
    return uuid === null
      ? null
      : `00000000-0000-4000-8000-${this.#number('uuid', uuid.toLowerCase()).toString(16).padStart(12, '0')}`;
  }

  /** Neighbours stay neighbours: what was in one subnet of 256 is so afterwards. */
  address(address: string): string {
    if (isLinkLocal(address)) return address.includes(':') ? 'fe80::1' : '169.254.0.1';
    const ipv4 = /^(\d{1,3}\.\d{1,3}\.\d{1,3})\.(\d{1,3})$/.exec(address);
    if (ipv4 === null) return `2001:db8::${this.#number('ipv6', address).toString(16)}`;
    const [, subnet = '', host = ''] = ipv4;
    const [middle = 0, last = 0] = bytesOf(this.#number('subnet', subnet), 2);
    return `10.${middle}.${last}.${host}`;
  }

  #number(kind: string, name: string): number {
    const own = this.#known.get(kind) ?? new Map<string, number>();
    this.#known.set(kind, own);
    const number = own.get(name) ?? own.size + 1;
    own.set(name, number);
    return number;
  }
}

/** For texts of which only their number may be told. */
export const numbered = (word: string, all: readonly string[]): string[] => all.map((_, at) => `${word} ${at + 1}`);

const bytesOf = (number: number, count: number): number[] =>
  Array.from({ length: count }, (_, at) => Math.floor(number / 256 ** (count - 1 - at)) % 256);
const twoDigits = (byte: number): string => byte.toString(16).padStart(2, '0');
