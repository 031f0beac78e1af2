/** `/v1/files`: takes a file as it comes, without holding it in memory, for an operation that names it afterwards. */
import { demandRole, type Access } from '../access/access.ts';
import { JSON_TYPE } from '../shared/client/words.ts';
import { MOST_UPLOAD_BYTES, UploadName } from '../shared/uploads.ts';
import { UploadTooLargeError, type UploadStore } from '../store/uploads.ts';
import type { Arrival } from './answer.ts';
import { BadRequestError } from './errors.ts';

export async function filesResponse(
  request: Request,
  uploads: UploadStore,
  access: Access,
  { address }: Arrival,
): Promise<Response> {
  demandRole(await access.callerOf(request.headers, address), 'operator');
  const name = nameIn(new URL(request.url).searchParams);
  if (Number(request.headers.get('content-length') ?? 0) > MOST_UPLOAD_BYTES) throw new UploadTooLargeError();
  const file = await uploads.receive(name, request.body);
  return new Response(JSON.stringify(file), { status: 201, headers: { 'content-type': JSON_TYPE } });
}

/** @throws BadRequestError */
function nameIn(query: URLSearchParams): string {
  const others = [...new Set(query.keys())].filter((field) => field !== 'name');
  if (others.length > 0) throw new BadRequestError(others.map((path) => ({ path, says: 'there is no such field' })));
  const [name = '', ...more] = query.getAll('name');
  if (more.length > 0) throw new BadRequestError([{ path: 'name', says: 'it is there more than once' }]);
  const result = UploadName.safeParse(name);
  if (!result.success)
    throw new BadRequestError(result.error.issues.map(({ message }) => ({ path: 'name', says: message })));
  return result.data;
}
