/** Preloaded into a process under test: at SIGUSR2 a promise is rejected that nobody looks at. */
process.on('SIGUSR2', () => {
  void Promise.reject(new Error('nobody listens'));
});
