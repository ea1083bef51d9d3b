// Time and messages until all nodes of a graph agree after one change, beside the older Grid algorithm in the same simulated
// network, and what peers say to each other at rest. One JSON object a line.

@preconcurrency import Glibc

for count in [4, 16, 64] { print(AtRest(count).json) }
for count in counts {
  for shape in shapes {
    print(Agreement(shape, count).json)
    fflush(nil)
  }
}
