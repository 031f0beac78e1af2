/** The tokens of SPNEGO (RFC 4178, [MS-SPNG]), as bytes: only ever NTLM is asked for in them. */
import { der, elements, only, tag } from './der.ts';
import { SpnegoTokenError } from './errors.ts';

const SPNEGO = Buffer.from('2b0601050502', 'hex');
const NTLM = Buffer.from('2b06010401823702020a', 'hex');
/** The list that is signed at the end: NTLM alone. */
export const mechanismList = der(tag.sequence, der(tag.oid, NTLM));
const MOST_BYTES = 64 * 1024;

export const negState = { completed: 0, incomplete: 1, rejected: 2, requestMic: 3 } as const;

export interface Response {
  /** One of {@link negState}; null where it is not said. */
  readonly state: number | null;
  /** What the mechanism says; null where it says nothing. */
  readonly token: Buffer | null;
  readonly mic: Buffer | null;
}

/** The client's first token. */
export const initToken = (mechanismToken: Uint8Array): Buffer =>
  der(
    tag.application0,
    der(tag.oid, SPNEGO),
    der(
      tag.context(0),
      der(tag.sequence, der(tag.context(0), mechanismList), der(tag.context(2), der(tag.octets, mechanismToken))),
    ),
  );

/** The client's next tokens. */
export const responseToken = (mechanismToken: Uint8Array, mic: Uint8Array | null): Buffer =>
  der(
    tag.context(1),
    der(
      tag.sequence,
      der(tag.context(2), der(tag.octets, mechanismToken)),
      ...(mic === null ? [] : [der(tag.context(3), der(tag.octets, mic))]),
    ),
  );

/** Whether the server's hint of what it can do has NTLM in it. @throws SpnegoTokenError */
export function offersNtlm(bytes: Buffer): boolean {
  const [oid, init, ...more] = elements(only(limited(bytes), tag.application0));
  if (oid === undefined || oid.tag !== tag.oid || !oid.value.equals(SPNEGO))
    throw new SpnegoTokenError('it is not of this protocol');
  if (init === undefined || init.tag !== tag.context(0) || more.length > 0)
    throw new SpnegoTokenError('it does not say what it offers');
  const list = fields(only(init.value, tag.sequence)).get(0);
  if (list === undefined) throw new SpnegoTokenError('it does not say what it offers');
  return elements(only(list, tag.sequence)).some((one) => one.tag === tag.oid && one.value.equals(NTLM));
}

/** An answer of the server. @throws SpnegoTokenError where it is none, or chose another mechanism */
export function parsedResponse(bytes: Buffer): Response {
  const parts = fields(only(only(limited(bytes), tag.context(1)), tag.sequence));
  const octets = (number: number): Buffer | null => {
    const part = parts.get(number);
    return part === undefined ? null : only(part, tag.octets);
  };
  const chosen = parts.get(1);
  if (chosen !== undefined && !only(chosen, tag.oid).equals(NTLM))
    throw new SpnegoTokenError('it chooses a way that was not offered');
  const stated = parts.get(0);
  const state = stated === undefined ? null : only(stated, tag.enumerated);
  if (state !== null && (state.length !== 1 || (state[0] ?? 255) > negState.requestMic))
    throw new SpnegoTokenError('its state is none');
  return { state: state?.[0] ?? null, token: octets(2), mic: octets(3) };
}

/** By their numbers; each comes once, and in order. */
function fields(bytes: Buffer): Map<number, Buffer> {
  const found = new Map<number, Buffer>();
  let last = -1;
  for (const { tag: tagByte, value } of elements(bytes)) {
    const number = tagByte - tag.context(0);
    if (number <= last || number > 4) throw new SpnegoTokenError('its parts are not those that it has');
    found.set(number, value);
    last = number;
  }
  return found;
}

function limited(bytes: Buffer): Buffer {
  if (bytes.length > MOST_BYTES) throw new SpnegoTokenError(`it has ${bytes.length} bytes`);
  return bytes;
}
