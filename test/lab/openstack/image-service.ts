/** Glance v2 as a service: its versions and schema, and its HTML refusals. */
import type { IncomingMessage } from 'node:http';
import type { Cloud } from './cloud.ts';
import { imageDataRoutes } from './image-data.ts';
import { CONTAINER_FORMATS, DISK_FORMATS, imageRoutes, VISIBILITIES } from './images.ts';
import { on, open, type Answer, type Call, type Refusal, type Route, type Service } from './web.ts';

export function imageService(cloud: Cloud): Service {
  return {
    prefix: '/image',
    idHeaders: ['x-openstack-request-id'],
    refuse,
    routes: [...versionRoutes(), ...imageRoutes(cloud), ...imageDataRoutes(cloud)],
  };
}

/** HTML, unless the caller asks for JSON; the message is HTML in both. */
function refuse({ status, message, headers }: Refusal, request: IncomingMessage): Answer {
  const title = TITLES[status] ?? 'Error';
  const escaped = message.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll("'", '&#x27;');
  if (request.headers.accept?.includes('application/json') === true) {
    const body = { message: `${escaped}<br /><br />\n\n\n`, code: `${status} ${title}`, title };
    return { status, headers, body };
  }
  const head = `<html>\n <head>\n  <title>${status} ${title}</title>\n </head>\n <body>\n  <h1>${status} ${title}</h1>\n`;
  return { status, headers, body: `${head}  ${escaped}<br /><br />\n\n\n\n </body>\n</html>` };
}

const TITLES: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  410: 'Gone',
  413: 'Request Entity Too Large',
  415: 'Unsupported Media Type',
  416: 'Requested Range Not Satisfiable',
};

function versionRoutes(): Route[] {
  const versions = ({ base }: Call): Answer => ({
    status: 300,
    body: {
      versions: ['v2.15', 'v2.13', 'v2.9', 'v2.0'].map((id, index) => ({
        id,
        status: index === 0 ? 'CURRENT' : 'SUPPORTED',
        links: [{ rel: 'self', href: `${base}/v2/` }],
      })),
    },
  });
  const value = (description: string, others: object = {}) => ({ description, ...others });
  const schema = {
    name: 'image',
    properties: {
      disk_format: value('Format of the disk', { type: ['null', 'string'], enum: [null, ...DISK_FORMATS] }),
      container_format: value('Format of the container', {
        type: ['null', 'string'],
        enum: [null, ...CONTAINER_FORMATS],
      }),
      visibility: value('Scope of image accessibility', { type: 'string', enum: VISIBILITIES }),
    },
    additionalProperties: { type: 'string' },
  };
  const method = { description: 'Import methods available.', type: 'array', value: ['glance-direct'] };
  return [
    open('GET', '/', versions),
    open('GET', '/versions', (call) => ({ ...versions(call), status: 200 })),
    on('GET', '/v2/schemas/image', () => ({ status: 200, body: schema })),
    on('GET', '/v2/info/import', () => ({ status: 200, body: { 'import-methods': method } })),
    on('GET', '/v2/info/stores', () => ({ status: 200, body: { stores: [{ id: 'file', default: 'true' }] } })),
    on('GET', '/v2/info/usage', () => ({ status: 200, body: { usage: {} } })),
  ];
}
