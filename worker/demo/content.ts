/** What the demo machine's files hold: text and records made page by page from a seed, compressible as real files are. */
import { randomOf, type Random } from './random.ts';

export const PAGE_BYTES = 4096;

/** A file's bytes. Pages are made in any order, each from the seed and its own number. */
export interface Content {
  readonly sizeBytes: number;
  /** Fills `into`, which is `PAGE_BYTES` long, with the page; bytes past the file's end do not count. */
  page(index: number, into: Buffer): void;
}

/** The text as it is. */
export function text(words: string): Content {
  const bytes = Buffer.from(words, 'utf8');
  return { sizeBytes: bytes.byteLength, page: (index, into) => void bytes.copy(into, 0, index * PAGE_BYTES) };
}

/** A web server's log; compresses to about a sixth. */
export function accessLog(seed: number, sizeBytes: number): Content {
  return {
    sizeBytes,
    page(index, into) {
      const random = randomOf(seed, index);
      writeLines(into, (line) => {
        const seconds = index * 40 + line;
        const time = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60].map((n) =>
          String(n).padStart(2, '0'),
        );
        const path = `/${pick(paths, random)}/${random.below(100_000)}`;
        const status = random.below(20) === 0 ? 404 : 200;
        return `10.20.${random.below(4)}.${random.below(256)} ${time.join(':')} GET ${path} ${status} ${random.below(40_000)} ${random.below(900)}ms ${pick(agents, random)}`;
      });
    },
  };
}

/** Letters made of everyday words; compresses to about a third. */
export function letter(seed: number, sizeBytes: number): Content {
  return {
    sizeBytes,
    page(index, into) {
      const random = randomOf(seed, index);
      writeLines(into, () => {
        const sentence = Array.from({ length: 8 + random.below(6) }, () => pick(words, random)).join(' ');
        return `${sentence.slice(0, 1).toUpperCase()}${sentence.slice(1)}.`;
      });
    },
  };
}

/** A table of 64-byte records, half of each hard to compress; compresses to about a half. */
export function records(seed: number, sizeBytes: number): Content {
  return {
    sizeBytes,
    page(index, into) {
      const random = randomOf(seed, index);
      for (let at = 0; at < PAGE_BYTES; at += 64) {
        into.writeUInt32LE((index * PAGE_BYTES + at) / 64, at);
        into.writeUInt32LE(1_750_000_000 + index, at + 4);
        for (let word = 8; word < 32; word += 4) into.writeUInt32LE(random.next(), at + word);
        into.write(`${pick(words, random)} ${pick(words, random)}`.padEnd(32), at + 32, 32, 'latin1');
      }
    },
  };
}

/** What photographs and archives look like to a compressor: it does not compress. */
export function noise(seed: number, sizeBytes: number): Content {
  return {
    sizeBytes,
    page(index, into) {
      const random = randomOf(seed, index);
      for (let at = 0; at < PAGE_BYTES; at += 4) into.writeUInt32LE(random.next(), at);
    },
  };
}

/** Zeros that somebody wrote: they are stored, and yet a copy need not carry them. */
export function zeros(sizeBytes: number): Content {
  return { sizeBytes, page: () => {} };
}

/** Fills the page with whole lines; the last one is made longer with full stops. */
function writeLines(into: Buffer, line: (index: number) => string): void {
  let page = '';
  for (let index = 0; ; index++) {
    const next = `${line(index)}\n`;
    if (page.length + next.length > PAGE_BYTES) break;
    page += next;
  }
  into.write(`${page.slice(0, -1).padEnd(PAGE_BYTES - 1, '.')}\n`, 'latin1');
}

function pick(from: readonly string[], random: Random): string {
  return from[random.below(from.length)] ?? '';
}

const paths = ['orders', 'stock', 'customers', 'invoices', 'search', 'static/img', 'api/v2/items', 'login'];
const agents = ['"Mozilla/5.0 (X11; Linux x86_64)"', '"curl/7.88.1"', '"Mozilla/5.0 (Windows NT 10.0; Win64; x64)"'];
const words = (
  'the a of to and in is was for on that with as it by from at we our this have not are be or an which you they had were ' +
  'winter harbour letter garden morning station bridge window market island summer evening river mountain forest village ' +
  'copper paper silver timber stone water bread coffee music story picture number answer question promise journey weather ' +
  'arrive carry measure remember deliver repair discover follow gather borrow describe prepare believe quiet early narrow ' +
  'careful ordinary distant familiar gentle heavy honest pleasant patient sudden useful yellow'
).split(' ');
