/** A clouds.yaml or openrc file that arrives as text: told apart, one cloud taken of it, and no secret in any refusal. */
import { describe, expect, test } from 'vitest';
import { sentFile } from '../../main/clouds/sent-file.ts';
import { refusal } from './folder.ts';

const CLOUDS = `
clouds:
  west:
    auth: {auth_url: "https://west.example:5000/v3", username: u, password: hidden-word, project_name: p}
    region_name: West
    cacert: ~/west.pem
  east:
    auth_type: v3applicationcredential
    auth:
      auth_url: https://east.example/v3
      application_credential_id: ac1
      application_credential_secret: hidden-word
  big:
    profile: public-cloud
    auth: {username: u, password: hidden-word, project_name: p}
`;
const OPENRC =
  '#!/bin/sh\nexport OS_AUTH_URL=https://c.example\nexport OS_USERNAME=u OS_PROJECT_NAME=p\nexport OS_PASSWORD=hidden-word\n';

describe('a file that was sent', () => {
  test('of several clouds names them, and one is taken by its name', () => {
    expect(sentFile(CLOUDS, null)).toEqual({ clouds: ['big', 'east', 'west'], cloud: null, access: null });
    expect(sentFile(CLOUDS, 'east')).toMatchObject({
      cloud: 'east',
      access: { auth: { method: 'applicationCredential', id: 'ac1' }, secret: 'hidden-word', caFile: null },
    });
    expect(sentFile(CLOUDS, 'west').access).toMatchObject({ region: 'West', caFile: '~/west.pem' });
  });

  test('of one cloud is taken as it is, also as JSON', () => {
    const auth = { auth_url: 'https://c.example/v3', username: 'u', password: 'x', project_name: 'p' };

    const found = sentFile(JSON.stringify({ clouds: { only: { auth, interface: 'internal' } } }), null);

    expect(found).toMatchObject({ clouds: ['only'], cloud: 'only', access: { interface: 'internal', secret: 'x' } });
  });

  test('may be an openrc file, which has no name', () => {
    expect(sentFile(OPENRC, null)).toMatchObject({
      clouds: [],
      cloud: null,
      access: { authUrl: 'https://c.example', auth: { method: 'password', userName: 'u' }, secret: 'hidden-word' },
    });
  });

  test.for<readonly [string, string, string | null, string]>([
    ['that is something else', 'hello: hidden-word', null, 'clouds.damaged'],
    ['that is no YAML', 'clouds: {a: [hidden-word', null, 'clouds.damaged'],
    ['without that cloud', CLOUDS, 'north', 'clouds.no-such-cloud'],
    ['whose profile is elsewhere', CLOUDS, 'big', 'clouds.unsupported'],
    ['that turns the check of certificates off', `${OPENRC}export OS_INSECURE=1\n`, null, 'clouds.unchecked'],
  ])('%s is refused', async ([, text, cloud, code]) => {
    const error = await refusal(Promise.resolve().then(() => sentFile(text, cloud)));

    expect(error.code).toBe(code);
    expect(`${error.message} ${error.remedy} ${error.stack}`).not.toContain('hidden-word');
  });
});
