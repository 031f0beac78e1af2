/** What the form for a new source asks for, by its kind, and when that is enough. */
import { z } from 'zod';
import { defaultDiskAccess, HypervConnection, SourceKind, type DiskAccess } from '../../../main/shared/connections.ts';
import { diskPlaceOf, winrmUrl } from '../../../main/shared/hyperv-address.ts';
import { t } from '../../texts/t.ts';
import { addressOf, given, name, proxy } from './fields.ts';

export const kinds = SourceKind.options;
export const signIns = HypervConnection.shape.signInBy.options;
/** How WinRM is reached: by TLS, or sealed by NTLM. */
export const ways = ['https', 'http'] as const;

interface Where {
  readonly kind: SourceKind;
  readonly address: string;
  readonly way: (typeof ways)[number];
}

const MOST_PORT = 65_535;

export const sourceFields = () =>
  z
    .object({
      name: name(),
      kind: z.enum(kinds),
      address: given(t('connections.addressMissing')),
      way: z.enum(ways),
      userName: given(t('connections.userMissing')),
      secret: z.string().min(1, t('connections.passwordMissing')),
      signInBy: z.enum(signIns),
      smbPort: z.string().trim(),
      encrypt: z.boolean(),
      /** One on a line. */
      places: z.string(),
      proxy: proxy(),
    })
    .superRefine((fields, { addIssue }) => {
      const wrong = (path: keyof typeof fields, message: string): void =>
        addIssue({ code: 'custom', path: [path], message });
      const url = urlOf(fields);
      const isHyperv = fields.kind === 'hyperv';
      if (fields.address !== '' && url === null)
        wrong('address', t(isHyperv ? 'connections.addressWrongHyperv' : 'connections.addressWrong'));
      if (!isHyperv) return;
      if (fields.signInBy === 'basic' && url?.startsWith('http:') === true)
        wrong('signInBy', t('connections.basicInTheClear'));
      if (!/^\d+$/.test(fields.smbPort) || Number(fields.smbPort) < 1 || Number(fields.smbPort) > MOST_PORT)
        wrong('smbPort', t('connections.smbPortWrong'));
      const line = linesOf(fields.places).find((one) => diskPlaceOf(one) === null);
      if (line !== undefined) wrong('places', t('connections.placesWrong', { line }));
    })
    .transform((fields) => ({ ...fields, address: urlOf(fields) ?? fields.address }));

export type SourceInput = z.input<ReturnType<typeof sourceFields>>;
export type Source = z.output<ReturnType<typeof sourceFields>>;

export const newSource: SourceInput = {
  name: '',
  kind: 'vsphere',
  address: '',
  way: 'https',
  userName: '',
  secret: '',
  signInBy: 'ntlm',
  smbPort: String(defaultDiskAccess.smbPort),
  encrypt: defaultDiskAccess.encrypt,
  places: '',
  proxy: '',
};

export const disksOf = ({ smbPort, encrypt, places }: Source): DiskAccess => ({
  smbPort: Number(smbPort),
  encrypt,
  places: linesOf(places).flatMap((line) => diskPlaceOf(line) ?? []),
});

/** Takes a bare host name, too, and cuts the path of a page that somebody copied. What is written whole is meant so. */
function urlOf({ kind, address, way }: Where): string | null {
  const hasScheme = /^[a-z]+:\/\//i.test(address);
  if (kind === 'hyperv') return winrmUrl(hasScheme || way === 'https' ? address : `http://${address}`);
  return addressOf(hasScheme ? address : `https://${address}`, ['https:'])?.origin ?? null;
}

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
