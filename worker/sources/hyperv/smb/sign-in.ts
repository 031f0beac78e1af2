/** Signs in to an SMB server ([MS-SMB2] 3.2.5.3): by NTLM, with a session whose every message is proved from then on. */
import { HostLoginRefusedError } from '../winrm/errors.ts';
import type { Account } from '../ntlm/keys.ts';
import { NtlmNotOfferedError } from '../spnego/errors.ts';
import { NtlmSignIn } from '../spnego/ntlm-sign-in.ts';
import { offersNtlm } from '../spnego/tokens.ts';
import type { Guard, Reply, SmbConnection } from './connection.ts';
import { SmbCannotEncryptError, SmbGuestError, SmbMessageError, SmbRefusedError, SmbSignatureError } from './errors.ts';
import { command, HEADER_BYTES, mustBeBody, part } from './header.ts';
import { sessionKeys } from './keys.ts';
import { cipherKeyBytes, SECURITY_MODE } from './negotiate.ts';
import { Sealer } from './sealing.ts';
import { isSignedRight } from './signing.ts';
import { status } from './status.ts';

/** Wrong, or nobody's: what a host says of names and passwords. */
const badPassword: ReadonlySet<number> = new Set([0xc000006d, 0xc000006a, 0xc0000064]);
const FIXED_BYTES = 24;
const REPLY_FIXED_BYTES = 8;
const sessionFlag = { guest: 1, anonymous: 2, sealed: 4 } as const;

export interface SetupReply {
  readonly flags: number;
  readonly token: Buffer;
}

/** What is asked of the session. */
export interface SignInOptions {
  readonly account: Account;
  /** As which the host is asked for: `cifs/host`. */
  readonly targetName: string;
}

/**
 * @returns whether the server demands that all of the session is encrypted
 * @throws HostLoginRefusedError, SmbRefusedError, SmbGuestError, SmbSignatureError …
 */
export async function signIn(
  connection: SmbConnection,
  { account, targetName }: SignInOptions,
  signal: AbortSignal,
): Promise<boolean> {
  const { terms, preauth, name } = connection;
  if (terms.token.length > 0 && !offersNtlm(terms.token)) throw new NtlmNotOfferedError(name);
  const ntlm = new NtlmSignIn(account, targetName);
  const first = await setup(connection, 0n, ntlm.first(), signal);
  if (first.header.status !== status.moreProcessingRequired) throw refusal(name, account, first.header.status);
  preauth.add(first.bytes);
  const { sessionId } = first.header;
  const last = await setup(connection, sessionId, ntlm.answer(parsedSetup(first.bytes).token), signal);
  if (last.header.status !== status.success) throw refusal(name, account, last.header.status);
  const guard = guardOf(connection, sessionId, ntlm.sessionKey);
  const { flags, token } = parsedSetup(last.bytes);
  if ((flags & (sessionFlag.guest | sessionFlag.anonymous)) !== 0) throw new SmbGuestError(name, account.user);
  if (
    !last.header.isSigned ||
    last.header.sessionId !== sessionId ||
    !isSignedRight(guard.signing, guard.signingKey, last.bytes)
  )
    throw new SmbSignatureError('it ends the sign-in without the signature of a host that knows the password');
  ntlm.finish(token);
  connection.protect(guard);
  const isSealed = (flags & sessionFlag.sealed) !== 0;
  if (isSealed && guard.sealer === null) throw new SmbCannotEncryptError(name, 'The host demands', terms.dialect);
  return isSealed;
}

function guardOf({ terms, preauth }: SmbConnection, sessionId: bigint, sessionKey: Buffer): Guard {
  const keys = sessionKeys(sessionKey, terms.dialect, preauth.hash, cipherKeyBytes(terms.cipher));
  const { cipher, signing } = terms;
  const sealer = cipher === null || keys.sealing === null ? null : new Sealer({ cipher, ...keys.sealing, sessionId });
  return { sessionId, signing, signingKey: keys.signing, sealer };
}

async function setup(connection: SmbConnection, sessionId: bigint, token: Buffer, signal: AbortSignal): Promise<Reply> {
  const body = Buffer.alloc(FIXED_BYTES);
  body.writeUInt16LE(25, 0);
  body[3] = SECURITY_MODE;
  body.writeUInt16LE(HEADER_BYTES + FIXED_BYTES, 12);
  body.writeUInt16LE(token.length, 14);
  return await connection.request(
    { command: command.sessionSetup, body: Buffer.concat([body, token]), sessionId, isUnproved: true },
    signal,
  );
}

/** @throws SmbMessageError */
export function parsedSetup(message: Buffer): SetupReply {
  mustBeBody(message, 9, REPLY_FIXED_BYTES);
  const at = HEADER_BYTES;
  const from = HEADER_BYTES + REPLY_FIXED_BYTES;
  const token = part(message, message.readUInt16LE(at + 4), message.readUInt16LE(at + 6), from);
  return { flags: message.readUInt16LE(at + 2), token };
}

function refusal(server: string, account: Account, code: number): Error {
  if (badPassword.has(code)) return new HostLoginRefusedError(server, account.user);
  if (code === status.success) return new SmbMessageError('it ends the sign-in before it began');
  return new SmbRefusedError(account.user, code);
}
