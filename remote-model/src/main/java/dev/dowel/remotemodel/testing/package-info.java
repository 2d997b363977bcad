/**
 * What every {@link dev.dowel.remotemodel.Repository} has to answer, as tests to run on one of your own: extend {@link
 * dev.dowel.remotemodel.testing.RepositoryContractTest}. It needs {@code org.junit.jupiter:junit-jupiter-api} from 5.12 on,
 * which the module does not bring.
 */
@NullMarked
package dev.dowel.remotemodel.testing;

import org.jspecify.annotations.NullMarked;
