/** How a new connection comes about: its certificate is looked at, compared where nobody vouches for it, and only then is signed in. */
import { useState } from 'react';
import { toErrorInfo, type ErrorInfo } from '../../../main/shared/errors.ts';
import type { CertificateFacts, Trust } from '../../../main/shared/trust.ts';
import { call } from '../../api.ts';

export interface Server {
  readonly address: string;
  readonly proxy: string | null;
}

export interface Doubt extends Server {
  readonly facts: CertificateFacts;
}

export interface Adding<T extends Server> {
  readonly error: ErrorInfo | null;
  /** A certificate that waits for somebody who compares it. */
  readonly doubt: Doubt | null;
  /** @param confirmed the certificate that was compared just now */
  add(fields: T, confirmed?: Doubt): Promise<void>;
  /** Something else is asked for now. */
  forget(): void;
}

/**
 * @param create signs in and keeps it
 * @param onError where it was refused: brings the focus to the field that is meant, and tells whether it is said there
 */
export function useAdding<T extends Server>(
  create: (fields: T, trust: Trust) => Promise<void>,
  onError: (error: ErrorInfo) => boolean,
): Adding<T> {
  const [error, setError] = useState<ErrorInfo | null>(null);
  const [doubt, setDoubt] = useState<Doubt | null>(null);
  const [compared, setCompared] = useState<Doubt | null>(null);

  const add = async (fields: T, confirmed?: Doubt): Promise<void> => {
    setError(null);
    setDoubt(null);
    if (confirmed !== undefined) setCompared(confirmed);
    const known = confirmed ?? compared;
    try {
      const trust = isOf(known, fields) ? pinnedBy(known) : await trustOf(fields);
      if (trust !== null) await create(fields, trust);
    } catch (thrown) {
      const info = toErrorInfo(thrown);
      if (info.code.startsWith('net.certificate')) setCompared(null); // what was compared is not there any more
      if (!onError(info)) setError(info);
    }
  };
  return {
    error,
    doubt,
    add,
    forget: () => {
      setError(null);
      setDoubt(null);
    },
  };

  /** Null where somebody has to compare the certificate first. */
  async function trustOf({ address, proxy }: T): Promise<Trust | null> {
    if (address.startsWith('http:')) return { kind: 'system' };
    const facts = await call('certificates.look', { url: address, proxy });
    if (facts.problem === null) return { kind: 'system' };
    setDoubt({ address, proxy, facts });
    return null;
  }
}

const isOf = (known: Doubt | null, { address, proxy }: Server): known is Doubt =>
  known !== null && known.address === address && known.proxy === proxy;

const pinnedBy = ({ facts }: Doubt): Trust => ({ kind: 'pinned', sha256: facts.sha256 });
