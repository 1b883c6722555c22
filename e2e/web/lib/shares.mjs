// Which of the two walks looks at a page: each page belongs to exactly one.

/** Home, projects, their files, and printing one. */
export const isOfFiles = (path) => path === '/' || path.startsWith('/projects');
