/** What the form for an engine elsewhere asks for, and when that is enough. */
import { z } from 'zod';
import { EngineToken, EngineUrl, type KeptEngine } from '../../../main/shared/engines.ts';
import { isPrivate, serverUrlOf } from '../../../main/shared/server-address.ts';
import type { Trust } from '../../../main/shared/trust.ts';
import { t } from '../../texts/t.ts';
import { name } from '../connections/fields.ts';
import { sha256In } from '../connections/fingerprint.ts';

export const ways = ['system', 'pinned', 'authorities'] as const satisfies readonly Trust['kind'][];

/** @param isNew of one that is known, no token keeps the token */
export const engineFields = (isNew: boolean) =>
  z
    .object({
      name: name(),
      url: z.string().trim(),
      token: z.string().trim(),
      way: z.enum(ways),
      fingerprint: z.string().trim(),
      pem: z.string(),
    })
    .superRefine(({ url, token, way, fingerprint, pem }, { addIssue }) => {
      const wrong = (field: string, message: string): void => addIssue({ code: 'custom', path: [field], message });
      const problem = problemOf(url);
      if (problem !== null) wrong('url', problem);
      if (!(token === '' && !isNew) && !EngineToken.safeParse(token).success) wrong('token', t('engine.tokenWrong'));
      if (way === 'pinned' && sha256In(fingerprint) === null) wrong('fingerprint', t('engine.fingerprintWrong'));
      if (way === 'authorities' && !pem.includes('-----BEGIN CERTIFICATE-----'))
        wrong('pem', t(pem === '' ? 'engine.caFileNone' : 'engine.caFileWrong'));
    });

export type EngineFields = z.infer<ReturnType<typeof engineFields>>;

function problemOf(text: string): string | null {
  const url = serverUrlOf(text);
  if (url !== null && !isPrivate(url)) return t('engine.addressPlain');
  return EngineUrl.safeParse(text).success ? null : t('engine.addressWrong');
}

export const fieldsOf = (engine: KeptEngine | null): EngineFields => ({
  name: engine?.name ?? '',
  url: engine?.url ?? '',
  token: '',
  way: engine?.trust.kind ?? 'system',
  fingerprint: engine?.trust.kind === 'pinned' ? engine.trust.sha256 : '',
  pem: engine?.trust.kind === 'authorities' ? engine.trust.pem : '',
});

/** Of fields that were found good. */
export function trustOf({ way, fingerprint, pem }: EngineFields): Trust {
  const sha256 = sha256In(fingerprint);
  if (way === 'pinned' && sha256 !== null) return { kind: 'pinned', sha256 };
  return way === 'authorities' ? { kind: 'authorities', pem } : { kind: 'system' };
}
