/** Which formats Glance takes, as its own schema says. */
import { z } from 'zod';
import type { CloudFacts } from '../../../main/shared/cloud.ts';
import { ifAllowed } from './allowed.ts';
import type { CloudSession } from './cloud-session.ts';

const ImageSchema = z.object({
  properties: z.object({ disk_format: z.object({ enum: z.array(z.string().nullable()) }) }),
});

export async function imageFacts(
  session: CloudSession,
  signal: AbortSignal,
): Promise<Pick<CloudFacts, 'imageFormats'>> {
  const ask = session.request('image', 'GET', '/schemas/image', { schema: ImageSchema, signal });
  const { properties } = await ifAllowed(ask, { properties: { disk_format: { enum: [] } } });
  return { imageFormats: properties.disk_format.enum.filter((format) => format !== null) };
}
