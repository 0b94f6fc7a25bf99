"""The contestants of `benchmarks.understanding`: each a module with `train(messages, folder)`, which gives what ranks a text."""
