/** The built-in OpenStack: it answers as the real one does, keeps what it is given, and fails when it is told to. */
import { describe } from 'vitest';
import { CloudClient } from '../support/cloud-client.ts';
import { cloudStories } from '../support/cloud-stories.ts';
import { startOpenstack, type OpenstackLab } from './openstack/start.ts';

describe('the built-in OpenStack answers as the real one:', () => {
  cloudStories(async () => {
    const lab = await startOpenstack();
    return { client: await clientOf(lab), [Symbol.asyncDispose]: async () => await lab[Symbol.asyncDispose]() };
  });
});

async function clientOf(lab: OpenstackLab, index = 0): Promise<CloudClient> {
  const user = lab.users[index];
  if (user === undefined) throw new Error('The lab has no such user.');
  const account = { user: user.name, password: user.password, project: user.defaultProject };
  return await CloudClient.signIn({ authUrl: lab.authUrl, ca: lab.certificate, ...account });
}
