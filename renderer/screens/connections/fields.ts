/** What the form for a new cloud asks for, and when that is enough; what forms of all kinds have in common. */
import { z } from 'zod';
import { ConnectionName, type DestinationConnection, type KeystoneAuth } from '../../../main/shared/connections.ts';
import { t } from '../../texts/t.ts';

export const given = (missing: string) => z.string().trim().min(1, missing);

export const name = () =>
  given(t('connections.nameMissing')).refine(
    (text) => ConnectionName.safeParse(text).success,
    t('connections.nameWrong'),
  );

/** Of a proxy; nothing goes straight. */
export const proxy = () =>
  z
    .string()
    .trim()
    .refine((text) => text === '' || addressOf(text, ['http:']) !== null, t('connections.proxyWrong'))
    .transform((text) => (text === '' ? null : (addressOf(text, ['http:'])?.origin ?? null)));

export const methods = ['applicationCredential', 'applicationCredentialByName', 'password', 'token'] as const;
export const interfaces = [
  'public',
  'internal',
  'admin',
] as const satisfies readonly DestinationConnection['interface'][];

type Method = (typeof methods)[number];
/** Fields that a way to sign in takes besides the secret. */
export const askedBy: Readonly<Record<Method, readonly AuthField[]>> = {
  applicationCredential: ['credential'],
  applicationCredentialByName: ['credential', 'userName', 'userDomain'],
  password: ['userName', 'userDomain', 'project', 'projectDomain'],
  token: ['project', 'projectDomain'],
};
export type AuthField = 'credential' | 'userName' | 'userDomain' | 'project' | 'projectDomain';
/** A token may bring its project along. */
const optional: Readonly<Partial<Record<Method, readonly AuthField[]>>> = { token: ['project', 'projectDomain'] };

export const cloudFields = () =>
  z
    .object({
      name: name(),
      address: given(t('connections.addressMissing')).refine(
        (text) => addressOf(text, ['https:', 'http:']) !== null,
        t('connections.authUrlWrong'),
      ),
      method: z.enum(methods),
      credential: z.string().trim(),
      userName: z.string().trim(),
      userDomain: z.string().trim(),
      project: z.string().trim(),
      projectDomain: z.string().trim(),
      secret: z.string().min(1, t('connections.secretMissing')),
      region: z
        .string()
        .trim()
        .transform((text) => (text === '' ? null : text)),
      interface: z.enum(interfaces),
      proxy: proxy(),
    })
    .superRefine((fields, { addIssue }) => {
      for (const field of askedBy[fields.method])
        if (fields[field] === '' && optional[fields.method]?.includes(field) !== true)
          addIssue({ code: 'custom', path: [field], message: t('connections.fieldMissing') });
    });

export type CloudInput = z.input<ReturnType<typeof cloudFields>>;
export type Cloud = z.output<ReturnType<typeof cloudFields>>;

export const newCloud: CloudInput = {
  name: '',
  address: '',
  method: 'applicationCredential',
  credential: '',
  userName: '',
  userDomain: 'default',
  project: '',
  projectDomain: 'default',
  secret: '',
  region: '',
  interface: 'public',
  proxy: '',
};

export function authOf({ method, credential, userName, userDomain, project, projectDomain }: Cloud): KeystoneAuth {
  switch (method) {
    case 'applicationCredential':
      return { method, id: credential };
    case 'applicationCredentialByName':
      return { method, name: credential, userName, userDomain };
    case 'password':
      return { method, userName, userDomain, project, projectDomain };
    case 'token':
      return { method, project: project === '' ? null : project, projectDomain: project === '' ? null : projectDomain };
  }
}

/** The fields that say the same. */
export function fieldsOf(auth: KeystoneAuth): Partial<CloudInput> {
  switch (auth.method) {
    case 'applicationCredential':
      return { method: auth.method, credential: auth.id };
    case 'applicationCredentialByName': {
      const { name: credential, ...rest } = auth;
      return { ...rest, credential };
    }
    case 'password':
      return auth;
    case 'token':
      return { method: auth.method, project: auth.project ?? '', projectDomain: auth.projectDomain ?? 'default' };
  }
}

/** Null for what is none, has another protocol, or names a user. */
export function addressOf(text: string, protocols: readonly string[]): URL | null {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return null;
  }
  return protocols.includes(url.protocol) && url.username === '' && url.password === '' ? url : null;
}
