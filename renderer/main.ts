/** Entry of the window's page: first what keeps libraries within bounds, then everything else, schemas included. */
import './first.ts';

void import('./start.tsx');
