#ifndef PROVNET_SERVER_MODEL_LIBRARY_ENVIRONMENT_H_
#define PROVNET_SERVER_MODEL_LIBRARY_ENVIRONMENT_H_

namespace provnet {

// Call first in main, before any thread starts: gives the libraries under LibTorch the environment
// variables that they read only while they are being loaded, and restarts the program once (same
// process id, arguments and streams) when one had to be set. What the user has set stays as it is.
//
// GOMP_SPINCOUNT=0: OpenMP's threads sleep at the end of a parallel region. By default they spin,
// and when another process wants the same cores, a spinning thread keeps the one that it waits for
// from running: beside a compiler, training fell to an eighth of the speed that it has with this
// setting.
//
// OMP_NUM_THREADS: the cores that the process may use (storage/base/available_cores.h), for threads
// that don't say how many they want. OpenMP itself knows nothing of a container's CPU limit.
//
// OPENBLAS_CORETYPE: OpenBLAS chooses its kernels by a table of processor models. Debian 12's
// version, 0.3.21, does not know later ones and takes its SSE3 kernels there: a float32 product of
// 128 x 2058 by 2058 x 1800 then runs at a fifth of the speed.
void FitLibraryEnvironment(char* const argv[]);

}  // namespace provnet

#endif  // PROVNET_SERVER_MODEL_LIBRARY_ENVIRONMENT_H_
