/** The body of a request as JSON: never more of it than is allowed, and nothing that is not what it says. */
import { CutRequestError, NotJsonError, TooLargeError, BadRequestError } from './errors.ts';
import { JSON_TYPE } from '../shared/client/words.ts';

/**
 * What the body holds; an empty object where there is none.
 * @throws TooLargeError, NotJsonError, BadRequestError, CutRequestError
 */
export async function jsonOf(request: Request, mostBytes: number): Promise<unknown> {
  const declared = Number(request.headers.get('content-length') ?? 0);
  if (declared > mostBytes) throw new TooLargeError(mostBytes);
  const bytes = await bytesOf(request, mostBytes);
  if (bytes.byteLength === 0) return {};
  const type = (request.headers.get('content-type') ?? '').toLowerCase();
  const [media = '', ...parameters] = type.split(';').map((part) => part.trim());
  if (media !== JSON_TYPE) throw new NotJsonError(`The body is “${media}”, and only ${JSON_TYPE} is understood.`);
  const charset = parameters.find((one) => one.startsWith('charset='))?.slice('charset='.length);
  if (charset !== undefined && charset.replaceAll('"', '') !== 'utf-8')
    throw new NotJsonError('The body is JSON in another encoding than UTF-8.');
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch {
    throw new BadRequestError([{ path: '', says: 'the body is not valid JSON in UTF-8' }]);
  }
}

async function bytesOf({ body }: Request, mostBytes: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  if (body === null) return new Uint8Array();
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read().catch((cause: unknown) => {
      throw new CutRequestError(cause);
    });
    if (done) break;
    length += value.byteLength;
    if (length > mostBytes) {
      await reader.cancel().catch(() => {}); // whoever sends so much hears it from the answer
      throw new TooLargeError(mostBytes);
    }
    pieces.push(value);
  }
  return Buffer.concat(pieces, length);
}
