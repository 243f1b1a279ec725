/** For TypeScript alone: there is nothing to run. */
export {};
