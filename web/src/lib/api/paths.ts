/** The studio's doors. What it passes on to the print service is answered in that one's shapes. */
import type { paths as Service } from './service';
import type { paths as Studio } from './studio';

type PassedOn<Path extends keyof Studio> = Path extends `/api/print/${infer Rest}`
  ? `/v1/${Rest}` extends keyof Service
    ? Service[`/v1/${Rest}`]
    : Studio[Path]
  : Studio[Path];

/** Asked as the studio wants it, answered as the print service does. */
type Answered<Asked, By extends { responses: unknown }> = Omit<Asked, 'responses'> & Pick<By, 'responses'>;

type Estimates = '/api/projects/{project}/print/estimates';
type Jobs = '/api/projects/{project}/print/jobs';

export type paths = {
  [Path in Exclude<keyof Studio, Estimates | Jobs>]: PassedOn<Path>;
} & {
  [Path in Estimates]: { post: Answered<Studio[Path]['post'], Service['/v1/estimates']['post']> };
} & {
  [Path in Jobs]: {
    get: Answered<Studio[Path]['get'], Service['/v1/jobs']['get']>;
    post: Answered<Studio[Path]['post'], Service['/v1/jobs']['post']>;
  };
};
