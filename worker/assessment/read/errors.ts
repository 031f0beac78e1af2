/** What can be wrong with an exported file, each with its way out. */
import { GutsError } from '../../../main/shared/errors.ts';

/** It contradicts its format: a zip archive, a workbook or a table that is cut off or broken. */
export class DamagedExportError extends GutsError {
  readonly code = 'assess.damaged';
  readonly remedy =
    'Copy the file again, or export it again; open it in a spreadsheet program to see whether it is whole.';
}

/** @param where it stands, in words, such as a sheet of a workbook */
export const damagedXml =
  (where: string) =>
  (why: string): DamagedExportError =>
    new DamagedExportError(`${where} cannot be read: ${why}.`);

/** Sizes or counts that no export has, or that Guts does not take: keeps a hostile file from eating memory and time. */
export class ExportLimitError extends GutsError {
  readonly code = 'assess.limit';
  readonly remedy =
    'The file is larger, when unpacked, than what Guts reads. Export the data centre in parts, such as by cluster, or ask where the file comes from.';
}

/** Sound as far as can be told, but written in a way that Guts does not read. */
export class UnsupportedExportError extends GutsError {
  readonly code = 'assess.unsupported';
  readonly remedy: string;

  constructor(message: string, remedy: string, options?: ErrorOptions) {
    super(message, options);
    this.remedy = remedy;
  }
}

/** It is not there, or may not be read. */
export class UnreadableExportError extends GutsError {
  readonly code = 'assess.unreadable';
  readonly remedy = 'Check the path, and whether you may read the file.';

  constructor(file: string, cause: NodeJS.ErrnoException) {
    super(
      cause.code === 'ENOENT'
        ? `“${file}” does not exist.`
        : `“${file}” cannot be read (${cause.code ?? cause.message}).`,
      { cause },
    );
  }
}

/** It has the headings of machines, and none under them. */
export class EmptyExportError extends GutsError {
  readonly code = 'assess.no-machines';
  readonly remedy =
    'Export anew as somebody who may see the machines (whoever may not gets headings alone), and without a filter.';

  constructor(from: readonly string[]) {
    super(`“${from.slice(0, 10).join('”, “')}” has a table of machines, and no machine in it.`);
  }
}

/** Readable, but no table of machines is in it. */
export class NoMachinesError extends GutsError {
  readonly code = 'assess.no-machines';
  readonly remedy =
    'Give the whole export: of RVTools the workbook with the tab vInfo, or its CSV files with RVTools_tabvInfo.csv among them; of Hyper-V the CSV file of its machines.';
}
