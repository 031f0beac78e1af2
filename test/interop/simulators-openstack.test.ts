/** The built-in OpenStack agrees with the real services: they tell the same stories. */
import { describe } from 'vitest';
import { CloudClient } from '../support/cloud-client.ts';
import { cloudStories } from '../support/cloud-stories.ts';
import { openstackPeer } from './openstack-peer.ts';

describe('the real OpenStack:', () => {
  cloudStories(async () => {
    const { connection, secret } = (await openstackPeer()).member;
    const { auth, authUrl } = connection;
    if (auth.method !== 'password') throw new Error('The peer signs in by password.');
    const account = { user: auth.userName, password: secret, project: auth.project };
    const client = await CloudClient.signIn({ authUrl, ...account });
    return { client, async [Symbol.asyncDispose]() {} }; // others use it too; the stories remove what they make
  });
});
