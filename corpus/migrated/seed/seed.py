import os

os.environ.setdefault('TF_ENABLE_ONEDNN_OPTS', '1')  # channels_first on a CPU

import keras
from keras.layers import Input, Conv2D
from keras.models import Model
inputs = Input(shape=(1, 32, 32,))
shared = Conv2D(filters=10, kernel_size=(8, 8), strides=(1, 1), padding='same', activation='relu', data_format='channels_first')(inputs)
model = Model(inputs, shared)
model.summary()
