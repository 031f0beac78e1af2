/** Names that the server and its clients have in common. */

export const JSON_TYPE = 'application/json';
export const PROBLEM_TYPE = 'application/problem+json';
export const EVENTS_TYPE = 'text/event-stream';

export const EVENTS_PATH = '/v1/events';
/** Takes a file as it is; its name is in the query. */
export const FILES_PATH = '/v1/files';
