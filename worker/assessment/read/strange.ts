/** What a file is that is no export: told with what to give instead. */
import { UnsupportedExportError } from './errors.ts';
import type { Table } from './table.ts';

const EXPORT =
  'Give the export itself: of RVTools the workbook (.xlsx) or its CSV files, of Hyper-V the CSV files that its script writes.';
const REPORT =
  'An assessment is made of an export, and cannot be judged again: give the export, such as the workbook that RVTools writes (.xlsx).';
const UNPACK = 'Unpack it, and give what is in it: a workbook (.xlsx), or CSV files.';
const DISK = `A single disk or machine is looked into by itself (“guts inspect”). ${EXPORT}`;
const SAVE = 'Open it in a spreadsheet program and save it as an Excel workbook (.xlsx).';
const PLAN = `A plan is looked at under Plans (“guts plan import”). ${EXPORT}`;

/** Not an export, as far as its beginning tells. */
export class StrangeFileError extends UnsupportedExportError {}

interface Kind {
  readonly is: string;
  readonly remedy: string;
}

const kind = (is: string, remedy = EXPORT): Kind => ({ is, remedy });

/** By first bytes, in Latin-1; none of them is the beginning of a name. */
const SIGNATURES: readonly (readonly [RegExp, Kind])[] = [
  [/^%PDF-/, kind('a PDF document')],
  [/^(?:\x89PNG|\xff\xd8\xff|GIF8[79]a)/, kind('a picture')],
  [/^\{\\rtf/, kind('a document of a word processor')],
  [/^\x1f\x8b/, kind('packed by gzip', UNPACK)],
  [/^7z\xbc\xaf\x27\x1c/, kind('an archive of 7-Zip', UNPACK)],
  [/^Rar!\x1a\x07/, kind('a RAR archive', UNPACK)],
  [/^BZh\d1AY&SY/, kind('packed by bzip2', UNPACK)],
  [/^\xfd7zXZ/, kind('packed by xz', UNPACK)],
  [/^.{257}ustar/s, kind('a tar archive, such as an OVA', `${UNPACK} ${DISK}`)],
  [/^QFI\xfb/, kind('a disk image (qcow2)', DISK)],
  [/^(?:KDMV[\x01-\x03]\0|# Disk DescriptorFile)/, kind('a disk image (VMDK)', DISK)],
  [/^vhdxfile/, kind('a disk image (VHDX)', DISK)],
  [/^conectix/, kind('a disk image (VHD)', DISK)],
  [/^SQLite format 3\0/, kind('a database')],
  [/^(?:MZ[^\0]{0,60}\0|\x7fELF)/, kind('a program')],
  [/^# A plan of Guts/, kind('a plan of Guts', PLAN)],
];

/** @param head the first bytes of the file, 512 at least where it has them */
export function demandNothingStrange(head: Buffer, name: string): void {
  const text = head.toString('latin1').replace(/^\xef\xbb\xbf/, '');
  const what = SIGNATURES.find(([beginning]) => beginning.test(text))?.[1] ?? markupIn(text);
  if (what !== null) throw strange(name, what);
}

const strange = (name: string, { is, remedy }: Kind): StrangeFileError =>
  new StrangeFileError(`“${name}” is ${is}${inSpiteOf(name)}.`, remedy);

/** Whoever called it so believes that it is a workbook. */
export const inSpiteOf = (name: string): string =>
  /\.xls[xm]$/i.test(name) ? `, although it is called ${name.slice(-5).toLowerCase()}` : '';

/** Pages, XML and JSON by what stands at their beginning. */
function markupIn(text: string): Kind | null {
  if (/^\s*<(?:!doctype html|(?:html|head|body|table|meta|style|div)[\s>])/i.test(withoutRemarks(text))) {
    const [, report] = /<span>Guts ([a-z ]{1,40})<\/span>/.exec(text) ?? [];
    if (report === 'assessment') return kind('an assessment of Guts', REPORT);
    return report === undefined
      ? kind(
          'a web page',
          `${EXPORT} Or, where the page has the table: ${SAVE.charAt(0).toLowerCase()}${SAVE.slice(1)}`,
        )
      : kind(`a report of Guts (${report})`);
  }
  if (/^\s*<(?:\?xml|[A-Za-z])/.test(text)) {
    if (/urn:schemas-microsoft-com:office:spreadsheet/.test(text))
      return kind('a workbook in the XML of Excel 2003', SAVE);
    if (/schemas\.microsoft\.com\/powershell/.test(text))
      return kind('what Export-Clixml writes', `Use Export-Csv instead. ${EXPORT}`);
    if (/<(?:\w{1,20}:)?Envelope[\s>]/.test(text)) return kind('the description of a machine (OVF)', DISK);
    return /<domain[\s>]/.test(text) ? kind('the description of a machine (libvirt)', DISK) : kind('an XML file');
  }
  return /^\s*[[{]\s*["{[\]}]/.test(text) ? kind('JSON') : null;
}

/** Behind the remarks at its beginning. */
function withoutRemarks(text: string): string {
  let rest = text.trimStart();
  while (rest.startsWith('<!--') && rest.includes('-->')) rest = rest.slice(rest.indexOf('-->') + 3).trimStart();
  return rest;
}

/** What a JSON document is that is no estate. */
export function strangeJson(name: string, value: unknown): StrangeFileError {
  const fields = typeof value === 'object' && value !== null ? value : {};
  if ('assessmentVersion' in fields) {
    const from = fromOf(fields);
    const of = from.length === 0 ? '' : ` It was made of “${from.join('”, “')}”.`;
    return new StrangeFileError(`“${name}” is an assessment of Guts.${of}`, REPORT);
  }
  if ('reportVersion' in fields) return strange(name, kind('a report of Guts'));
  if ('machines' in fields && ('options' in fields || 'destination' in fields))
    return strange(name, kind('a plan', PLAN));
  return new StrangeFileError(
    `“${name}” is JSON, but no estate as Guts writes it.`,
    `Give an estate that was written without names (“guts assess --anonymise”), or an export. ${EXPORT}`,
  );
}

function fromOf(assessment: object): readonly string[] {
  const estate: unknown = 'estate' in assessment ? assessment.estate : null;
  const from: unknown = typeof estate === 'object' && estate !== null && 'from' in estate ? estate.from : null;
  return Array.isArray(from) ? from.filter((one) => typeof one === 'string').slice(0, 10) : [];
}

/** Titles of the table of machines in an assessment of Guts. */
const OURS = ['Machine', 'Readiness', 'Findings', 'Flavor'];

/** @param heads the first rows of each table */
export function demandNoAssessment(
  heads: ReadonlyMap<Table, readonly (readonly string[])[]>,
  names: readonly string[],
): void {
  for (const rows of heads.values())
    if (rows.some((row) => OURS.every((title) => row.includes(title))))
      throw new StrangeFileError(`“${names.slice(0, 10).join('”, “')}” is an assessment of Guts.`, REPORT);
}
