/** Answers what is asked about files that describe clouds. */
import type { Parts, Some } from './handlers.ts';

export const cloudFileHandlers = ({ vault }: Pick<Parts, 'vault'>): Some<'clouds.read'> => ({
  'clouds.read': async ({ text, cloud: wanted }) => {
    const { sentFile } = await import('../clouds/sent-file.ts'); // what reads YAML is only loaded for those who have some
    const { clouds, cloud, access } = sentFile(text, wanted);
    if (access === null) return { clouds: [...clouds], cloud, access: null };
    if (access.secret !== null) vault.notice(access.secret);
    const { caFile: authorityFile, ...rest } = access;
    return { clouds: [...clouds], cloud, access: { ...rest, authorityFile } };
  },
});
