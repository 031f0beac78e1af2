/** How a command reaches a state that servers share: its address, the file with its password, and what makes it trusted. */
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { Fingerprint, Trust } from '../shared/trust.ts';
import { demandSafe, stateAddress } from '../store/sql/address.ts';
import type { ConnectOptions } from '../store/sql/connect.ts';
import { StatePasswordFileError } from '../store/sql/errors.ts';
import { fingerprintOf, givenTrust } from './trust-flags.ts';
import { UsageError } from './usage-error.ts';

export interface StateFlags {
  readonly statePasswordFile?: string;
  readonly stateCaFile?: string;
  readonly stateFingerprint?: Fingerprint;
}

export const stateOptions = (command: Command): Command =>
  command
    .option('--state-password-file <file>', 'the file with the password of that user, on one line')
    .option('--state-ca-file <file>', 'trust a database whose certificate these authorities signed (PEM)')
    .option('--state-fingerprint <sha256>', 'trust exactly the certificate with this SHA-256', fingerprintOf);

/** @throws StateUrlError, StateNeedsTlsError, UsageError where something that goes with the address is missing */
export async function stateFrom(
  url: string,
  flags: StateFlags,
  onSecret: (secret: string) => void = () => {},
): Promise<ConnectOptions> {
  const address = stateAddress(url);
  const { statePasswordFile, stateCaFile, stateFingerprint } = flags;
  if (address.kind === 'sqlite') return { address, trust: null, password: async () => await Promise.resolve('') };
  const given = await givenTrust({ caFile: stateCaFile, fingerprint: stateFingerprint });
  // To this machine nothing has to be encrypted; to another one the authorities of the system count where none are given.
  const trust: Trust | null = given ?? (address.isLoopback ? null : { kind: 'system' });
  demandSafe(address, trust !== null);
  if (statePasswordFile === undefined)
    throw new UsageError('A state in a database takes --state-password-file: passwords are never words of a command.');
  return {
    address,
    trust,
    password: async () => {
      const password = await passwordIn(statePasswordFile);
      onSecret(password);
      return password;
    },
  };
}

/** Read anew for each connection, so that one that was changed needs no restart. @throws StatePasswordFileError */
async function passwordIn(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new StatePasswordFileError(
      `The file with the database’s password, “${file}”, cannot be read (${cause.code ?? 'unknown reason'}).`,
      { cause },
    );
  });
  const password = text.replace(/\r?\n$/, '');
  if (password === '') throw new StatePasswordFileError(`The file with the database’s password, “${file}”, is empty.`);
  return password;
}
