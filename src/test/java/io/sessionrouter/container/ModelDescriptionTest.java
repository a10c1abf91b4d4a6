package io.sessionrouter.container;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What model servers say of single models; shortened answers of the real ones. */
class ModelDescriptionTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // Multi Model Server
        "READY   | {'modelName':'a','minWorkers':1,'workers':[{'id':'9001','status':'READY'}]}",
        "LOADING | {'modelName':'a','minWorkers':1,'workers':[{'id':'9001','status':'UNLOADING'}]}",
        "EMPTY   | {'modelName':'a','minWorkers':0,'workers':[]}",
        // TorchServe
        "READY   | [{'modelName':'a','workers':[{'status':'UNLOADING'},{'status':'READY'}]}]",
        "LOADING | [{'modelName':'a','minWorkers':1,'workers':[{'status':'UNLOADING','pid':-1}]}]",
        "EMPTY   | [{'modelName':'a','minWorkers':0,'maxWorkers':0,'workers':[]}]",
        // djl-serving
        "READY   |"
            + " [{'workflowName':'a','models':[{'status':'Healthy','workerGroups':[{'workers':[]}]}]}]",
        "LOADING | [{'workflowName':'a','models':[{'status':'Healthy','workerGroups':[]}]}]",
        "LOADING | [{'workflowName':'a','models':[{'status':'PENDING'}]}]",
        "LOADING |"
            + " [{'workflowName':'a','models':[{'status':'Unhealthy','workerGroups':[{'workers':[]}]}]}]",
        "FAILED  | [{'workflowName':'a','models':[{'status':'FAILED'}]}]",
        "FAILED  | [{'models':[{'status':'Healthy','workerGroups':[{}]},{'status':'FAILED'}]}]",
        // The contract, and less
        "UNSAID  | {'modelName':'a','modelUrl':'s3://b/a'}",
        "READY   | {'modelName':'a','status':'LOADED'}",
        "UNSAID  | {}",
        "UNSAID  | []",
      })
  void everyServersFormIsRead(ModelState state, String body) throws Exception {
    assertThat(ModelDescription.state(JSON.readTree(body.replace('\'', '"')))).isEqualTo(state);
  }
}
